/**
 * Makes copying take exact digits instead of the two decimals shown. Inside one figure the whole of it is
 * taken; across several the browser copies as it always does, while the figures show their exact digits.
 */
export function copyExactly(): void {
  document.addEventListener('copy', (event) => {
    const selection = getSelection();
    if (selection === null || selection.rangeCount === 0 || selection.isCollapsed) return;
    const range = selection.getRangeAt(0);
    const only = figureAround(range.commonAncestorContainer);
    if (only !== undefined) {
      event.clipboardData?.setData('text/plain', only.value);
      event.preventDefault();
      return;
    }
    const start = figureAround(range.startContainer);
    const end = figureAround(range.endContainer);
    if (start !== undefined) range.setStartBefore(start);
    if (end !== undefined) range.setEndAfter(end);
    const figures = [...document.querySelectorAll('data')].filter((figure) =>
      selection.containsNode(figure, true),
    );
    const shown = figures.map((figure) => figure.textContent);
    for (const figure of figures) figure.textContent = figure.value;
    // After the browser's own copying, which follows this event.
    setTimeout(() => {
      for (const [index, figure] of figures.entries()) figure.textContent = shown[index] ?? figure.value;
    });
  });
}

function figureAround(node: Node): HTMLDataElement | undefined {
  const element = node instanceof Element ? node : node.parentElement;
  return element?.closest('data') ?? undefined;
}
