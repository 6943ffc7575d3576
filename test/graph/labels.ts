/**
 * Measures that run inside the page, as text: the test's own compiler must not change them. Each gives the texts that
 * break its rule.
 */
const LABELS = `
  const shown = (element) => element.getClientRects().length > 0;
  const labels = [...document.querySelectorAll(
    'h1, h2, h3, .top p, .sum, .title, .tag, .entry dt, .entry dd a, .legend li, .status, nav a, button, .find',
  )].filter(shown);
  const texts = [...document.querySelectorAll('.node text')].filter(shown);
`;

/** HTML that leaves the window's width or its own box; a picture's text that leaves its node. */
export const clippedLabels = `(() => {${LABELS}
  const wide = labels.filter((label) => {
    const { left, right } = label.getBoundingClientRect();
    return left < 0 || right > innerWidth || label.scrollWidth > Math.ceil(right - left) + 1;
  });
  const out = texts.filter((text) => {
    const inner = text.getBoundingClientRect();
    const outer = text.parentElement.querySelector('.box').getBoundingClientRect();
    return inner.left < outer.left || inner.right > outer.right || inner.top < outer.top || inner.bottom > outer.bottom;
  });
  const svgOut = document.querySelector('.scripted') === null ? [] : [...document.querySelectorAll('.slim .picture')]
    .filter(shown)
    .filter((picture) => picture.getBoundingClientRect().right > innerWidth);
  return [...wide, ...out, ...svgOut].map((element) => element.textContent);
})()`;

/** Two texts of the picture, or of the list, in the same place. */
export const overlappingLabels = `(() => {${LABELS}
  const apart = (a, b) => a.right <= b.left + 0.5 || b.right <= a.left + 0.5 || a.bottom <= b.top + 0.5 || b.bottom <= a.top + 0.5;
  const pairs = (elements) => {
    const boxes = elements.map((element) => ({ element, rects: [...element.getClientRects()] }));
    return boxes.flatMap(({ element, rects }, index) =>
      boxes.slice(index + 1).flatMap((other) =>
        element.contains(other.element) || other.element.contains(element) ||
        rects.every((a) => other.rects.every((b) => apart(a, b)))
          ? []
          : [element.textContent + ' | ' + other.element.textContent],
      ),
    );
  };
  return [...pairs(texts), ...pairs(labels.filter((label) => label.closest('.list, .top, .bar')))];
})()`;

/** A picture's text whose contrast to its box is below 4.5; axe looks at HTML only. */
export const lowContrast = `(() => {${LABELS}
  const context = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d', { willReadFrequently: true });
  const luminance = (colour) => {
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...context.getImageData(0, 0, 1, 1).data].map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const fill = (element) => luminance(getComputedStyle(element).fill);
  return texts.flatMap((text) => {
    const [a, b] = [fill(text), fill(text.parentElement.querySelector('.box'))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    return contrast >= 4.5 ? [] : [text.textContent + ' ' + contrast];
  });
})()`;
