import { textWidth } from './text-width.js';
/** Words in lines of at most `width` terminal columns; a longer word has a line of its own. */
export function* wrapWords(words: Iterable<string>, width: number): Generator<string> {
  let line = '';
  let columns = 0;
  for (const word of words) {
    const room = textWidth(word);
    if (line !== '' && columns + 1 + room > width) {
      yield line;
      line = '';
    }
    columns = line === '' ? room : columns + 1 + room;
    line = line === '' ? word : `${line} ${word}`;
  }
  if (line !== '') yield line;
}
