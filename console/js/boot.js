// Runs before anything is drawn: the theme and the language that this browser was set to. No module, so that nothing
// flashes; keeps two cookies and knows nothing else.
(() => {
  const cookie = (/** @type {string} */ name) => document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
  const theme = cookie("plumbline_theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  const wished = cookie("plumbline_language") ?? navigator.languages.find((tag) => /^(de|en)\b/i.test(tag)) ?? "en";
  document.documentElement.lang = wished.toLowerCase().startsWith("de") ? "de" : "en";
})();
