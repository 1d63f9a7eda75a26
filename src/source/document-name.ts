/** Characters; every URL and file system carries that much. */
const LONGEST = 200;

/**
 * What is wrong with the id of a report, or the name of a period, as a part of a URL's path or a file's name;
 * undefined for a good one. Percent-encoding does not make these safe: URL parsers resolve `%2E%2E`, and servers
 * decode `%2F` before they look for a document, so another document would be asked for.
 */
export function nameProblem(name: string): string | undefined {
  const shown = JSON.stringify(name.length > 40 ? `${name.slice(0, 40)}…` : name);
  if (name === '') return 'is empty';
  if (name.length > LONGEST) return `${shown} has more than ${LONGEST} characters`;
  if (/^(\.|%2e){1,2}$/i.test(name)) return `${shown} is a step within a path`;
  if (/[/\\]|%2f|%5c/i.test(name)) return `${shown} holds a slash or backslash`;
  if (/\p{Cc}/u.test(name)) return `${shown} holds control characters`;
  if (/\p{Surrogate}/u.test(name)) return `${shown} holds half a surrogate pair`;
  return undefined;
}
