// What scrolls sideways can be reached and scrolled with the keyboard.
function reachable() {
  for (const formula of document.querySelectorAll("span.math")) {
    formula.classList.remove("scrolls");
    const box = formula.closest("p, li, dd, td, figcaption, h1, h2, h3") || document.body;
    if ([...formula.querySelectorAll(".katex-base")].some(part => part.getBoundingClientRect().width > box.clientWidth)) formula.classList.add("scrolls");
  }
  for (const box of document.querySelectorAll("pre, .table-wrapper, div.math, span.math.scrolls")) {
    const scrolls = box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1;
    if (scrolls) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
}
addEventListener("load", () => document.fonts.ready.then(reachable));
addEventListener("resize", reachable);
document.addEventListener("toggle", reachable, true);

// The target of a link may lie in a folded part: open it.
function unfold() {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let box = target && target.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
  if (target) target.scrollIntoView();
}
addEventListener("load", unfold);
addEventListener("hashchange", unfold);

// A page opened as a file may not fetch others: search then shows titles without excerpts.
if (location.protocol === "file:" && typeof DOCUMENTATION_OPTIONS !== "undefined")
  DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
