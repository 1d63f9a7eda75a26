const NOT_KEPT = /[^\p{L}\p{N}'-]+/gu;

/** The words of the ruleset `service`: the text between single spaces, cleaned; some may be empty. */
export function serviceWords(text: string): string[] {
  return text.split(' ').map((piece) => piece.replace(NOT_KEPT, ''));
}
