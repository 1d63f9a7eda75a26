/**
 * Makes the buttons of a list one stop for the Tab key, in which ↑ ↓ move: the first one, then the one that has the
 * focus. The function returned is to be called when the list was drawn again.
 */
export function oneTabStop(list: HTMLElement, selector: string): () => void {
  const buttons = () => [...list.querySelectorAll<HTMLElement>(selector)];
  const indexOf = (target: EventTarget | null) =>
    target instanceof HTMLElement ? buttons().indexOf(target) : -1;
  const makeStop = (stop: number) => {
    for (const [index, button] of buttons().entries()) button.tabIndex = index === stop ? 0 : -1;
  };
  list.addEventListener('focusin', ({ target }) => {
    const index = indexOf(target);
    if (index !== -1) makeStop(index);
  });
  list.addEventListener('keydown', (event) => {
    const index = indexOf(event.target);
    const goal = { ArrowUp: index - 1, ArrowDown: index + 1 }[event.key];
    if (index === -1 || goal === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    buttons()[goal]?.focus();
  });
  return () => makeStop(0);
}
