/** The shell's element with this id. Throws when page.html and the script disagree. */
export function byId<Found extends Element>(id: string, type: new () => Found): Found {
  const element = document.getElementById(id);
  if (element instanceof type) return element;
  throw new TypeError(`page.html has no ${type.name} #${id}`);
}

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** A new HTML element. Children that are strings become text, never markup. */
export function html<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  setAttributes(element, attributes);
  element.append(...children);
  return element;
}

/** A new SVG element. */
export function svg<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): SVGElementTagNameMap[Tag] {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  setAttributes(element, attributes);
  element.append(...children);
  return element;
}

/** False and undefined leave an attribute out; true writes it empty. */
function setAttributes(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? '' : String(value));
  }
}
