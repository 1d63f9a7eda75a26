const FULL = '█';
/** One to seven eighths of a block. */
const PARTS = ['▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A horizontal bar of so many eighths of a terminal column. */
export function bar(eighths: number): string {
  return FULL.repeat(Math.floor(eighths / 8)) + (PARTS[(eighths % 8) - 1] ?? '');
}
