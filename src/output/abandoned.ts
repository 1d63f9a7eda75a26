/** What a write or commit under way ends with when its sink is abandoned; the caller knows why it did that. */
export function abandonedError(): DOMException {
  return new DOMException('the output was abandoned', 'AbortError');
}
