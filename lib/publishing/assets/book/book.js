// What scrolls sideways can be reached and scrolled with the keyboard, and fades at the side where more of it lies.
function fade(box) {
  const left = box.scrollLeft > 1, right = box.scrollLeft + box.clientWidth < box.scrollWidth - 1;
  box.classList.toggle("more-left", left);
  box.classList.toggle("more-right", right);
}
function reachable(part = document, all = false) { // what the browser has not laid out yet waits until it comes near
  const laid = box => all || box.checkVisibility({ contentVisibilityAuto: true });
  for (const formula of part.querySelectorAll("span.math")) {
    if (!laid(formula)) continue;
    formula.classList.remove("scrolls", "more-left", "more-right");
    let box = formula.closest("p, li, dd, td, figcaption, h1, h2, h3") || document.body;
    while (!box.clientWidth && box !== document.body) box = box.parentElement; // a paragraph may stand in a line
    if ([...formula.querySelectorAll(".katex-base")].some(part => part.getBoundingClientRect().width > box.clientWidth)) formula.classList.add("scrolls");
  }
  for (const box of part.querySelectorAll("pre, .table-wrapper, div.math, span.math.scrolls")) {
    if (!laid(box)) continue;
    const scrolls = box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1;
    if (scrolls) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
    fade(box);
    if (!box.dataset.fades) box.addEventListener("scroll", () => fade(box), { passive: true });
    box.dataset.fades = "yes";
  }
}
addEventListener("resize", () => reachable());
document.addEventListener("toggle", event => reachable(event.target), true);
document.addEventListener("contentvisibilityautostatechange", event => event.skipped || reachable(event.target));

// The target of a link may lie in a folded part: open it.
function unfold() {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let box = target && target.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
  if (target) reach(target);
}
// What is laid out only now, between here and there, moves the target: go on until it stays.
function reach(target, times = 30) {
  target.scrollIntoView({ behavior: "instant" });
  const { top } = target.getBoundingClientRect();
  requestAnimationFrame(() => requestAnimationFrame(() => {
    if (times && Math.abs(target.getBoundingClientRect().top - top) > 1) reach(target, times - 1);
  }));
}
// Letters that arrive and formulas that find their room move what stands below them: go to the target once more.
addEventListener("load", () => { unfold(); document.fonts.ready.then(() => { reachable(); unfold(); }); });
addEventListener("hashchange", unfold);

// The sidebar shows where one is.
addEventListener("load", () => {
  const here = document.querySelector(".sidebar-tree .current-page"), box = here?.closest(".sidebar-scroll");
  if (box) box.scrollTop += here.getBoundingClientRect().top - box.getBoundingClientRect().top - box.clientHeight / 2;
});

// A picture opens alone, in all its pixels: on a phone its letters are small beside the text.
addEventListener("DOMContentLoaded", () => {
  for (const picture of document.querySelectorAll("article img")) {
    if (picture.closest("a")) continue;
    const whole = document.createElement("a");
    whole.className = "whole";
    whole.href = picture.src;
    whole.title = "Open the picture alone";
    picture.replaceWith(whole);
    whole.append(picture);
  }
});

// On a phone a row of a table that holds sentences is a card: every cell then says its column. On paper a short block stays whole.
addEventListener("DOMContentLoaded", () => {
  for (const table of document.querySelectorAll("table.docutils")) {
    const heads = [...table.querySelectorAll("thead th")].map(head => head.textContent.trim());
    const prose = [...table.querySelectorAll("td")].some(cell =>
      [...cell.querySelectorAll(".katex")].reduce((most, formula) => most - formula.textContent.length, cell.textContent.length) > 40);
    if (heads.length < 3 || !prose || heads.some(head => head.length > 30)) continue;
    table.classList.add("cards");
    for (const row of table.querySelectorAll("tbody tr")) [...row.cells].forEach((cell, at) => { if (cell.textContent.trim()) cell.dataset.label = heads[at]; });
  }
  for (const block of document.querySelectorAll("pre"))
    if (block.textContent.trim().split("\n").length <= 24) block.classList.add("unbroken");
});

// On paper the table of claims stands open (what else is folded is left out); what is wider than the sheet is made smaller.
const folded = "article details.claims-of-notebook:not([open])";
let opened = [];
addEventListener("beforeprint", () => {
  reachable(document, true);
  opened = [...document.querySelectorAll(folded)];
  for (const box of opened) box.open = true;
  for (const box of document.querySelectorAll("div.math, span.math.scrolls")) {
    const wide = Math.max(0, ...[...box.querySelectorAll(".katex-base")].map(part => part.getBoundingClientRect().width));
    const room = Math.min(640, box.parentElement.clientWidth);
    if (wide > room) box.style.fontSize = `${Math.floor(100 * room / wide)}%`;
  }
  for (const table of document.querySelectorAll(".table-wrapper > table")) {
    const wide = table.getBoundingClientRect().width, room = Math.min(680, table.parentElement.clientWidth);
    if (wide > room) table.style.zoom = Math.floor(100 * room / wide) / 100;
  }
});
addEventListener("afterprint", () => {
  for (const box of opened) box.open = false;
  for (const box of document.querySelectorAll("div.math, span.math.scrolls")) box.style.fontSize = "";
  for (const table of document.querySelectorAll(".table-wrapper > table")) table.style.zoom = "";
});

// The page of all claims shows those that hold every word asked for.
addEventListener("load", () => {
  const filter = document.querySelector("p.filter"), cards = [...document.querySelectorAll("section.claim")];
  if (!filter || !cards.length) return;
  const texts = cards.map(card => {
    const copy = card.cloneNode(true);
    for (const seen of copy.querySelectorAll(".katex-html, annotation")) seen.remove();
    return copy.textContent.toLowerCase();
  });
  filter.hidden = false;
  filter.querySelector("input").addEventListener("input", event => {
    const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
    cards.forEach((card, at) => { card.hidden = !words.every(word => texts[at].includes(word)); });
    for (const part of document.querySelectorAll("article section > section"))
      if (part.querySelector("section.claim")) part.hidden = !part.querySelector("section.claim:not([hidden])");
    filter.querySelector("output").textContent = words.length ? `${cards.filter(card => !card.hidden).length} of ${cards.length}` : "";
  });
});

// What the search finds of claims has their names, and an excerpt says a formula once.
document.addEventListener("DOMContentLoaded", () => { // before the search begins, which waits for the same
  if (typeof Search === "undefined") return;
  const found = Search._performSearch;
  Search._performSearch = (...asked) => found(...asked).map(([page, title, anchor, ...rest]) =>
    [page, anchor?.startsWith("#claim-") ? `Claim ${anchor.slice(7)}` : title, anchor, ...rest]);
  Search.htmlToText = (html, anchor) => {
    const page = new DOMParser().parseFromString(html, "text/html"), main = page.querySelector('[role="main"]');
    for (const part of page.querySelectorAll(".headerlink, script, style, .katex-html, annotation")) part.remove();
    return (anchor && main.querySelector(anchor) || main).textContent;
  };
});

// A page opened as a file may not fetch others: search then shows titles without excerpts.
if (location.protocol === "file:" && typeof DOCUMENTATION_OPTIONS !== "undefined")
  DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
