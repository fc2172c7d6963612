/** What a browser has and jsdom has not, for unit tests of parts. */

const answer = (query: string) => ({
  matches: false,
  media: query,
  onchange: null,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
  addListener: () => undefined,
  removeListener: () => undefined,
  dispatchEvent: () => false,
});
window.matchMedia = answer;
const idle = () => undefined;
window.ResizeObserver = class {
  observe = idle;
  unobserve = idle;
  disconnect = idle;
};
Element.prototype.scrollIntoView = () => undefined;
URL.createObjectURL = () => "blob:picture";
URL.revokeObjectURL = () => undefined;
// jsdom does not know the styles of pseudo elements and says so at every question.
const styleOf = window.getComputedStyle.bind(window);
window.getComputedStyle = (element) => styleOf(element);
