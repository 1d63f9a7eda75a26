/** Makes what scrolls sideways a stop for the Tab key, so that arrows can scroll it, but only while it does. */
export function reachScrolled(): void {
  const observer = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const place = target.closest('.scroll');
      if (place === null) continue;
      if (place.scrollWidth > place.clientWidth) place.setAttribute('tabindex', '0');
      else place.removeAttribute('tabindex');
    }
  });
  for (const place of document.querySelectorAll('.scroll')) {
    observer.observe(place);
    for (const content of place.children) observer.observe(content);
  }
}
