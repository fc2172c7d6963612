// Before anything is painted: the colours that were chosen last. Plain and first, so that no page flashes; the console
// itself (src/kit/themeChoice.ts) goes on from here.
(function () {
  var chosen = null;
  try {
    chosen = localStorage.getItem("hongyan.theme");
  } catch {
    // A browser that keeps nothing gets what its system wants.
  }
  var isDark = chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = isDark ? "dark" : "light";
})();
