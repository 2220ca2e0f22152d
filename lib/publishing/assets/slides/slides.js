// A phone held upright gets tall slides, whose type can be read; reveal.js shows them one below the other.
const tall = innerWidth < 600 && innerHeight > innerWidth;
document.documentElement.classList.toggle("tall", tall);
const deck = new Reveal({hash: true, width: tall ? 720 : 1280, height: tall ? 720 * innerHeight / innerWidth : 720, margin: 0.02, center: false, slideNumber: "h.v",
  transition: "none", backgroundTransition: "none", controlsTutorial: false, hideInactiveCursor: true,
  pdfSeparateFragments: false, showNotes: false, plugins: [RevealNotes],
  keyboardCondition: event => !(document.activeElement.matches(".scrolls") && /^(Arrow(Up|Down)|Page|Home|End)/.test(event.key))});

// The speaker's window has no style of formulas: there the browser sets what is written for who listens.
for (const seen of document.querySelectorAll("aside.notes .katex-html")) seen.remove();

// A body that is longer than its slide scrolls: say so, and let the keyboard reach it.
function reachable() {
  for (const box of document.querySelectorAll(".body, pre")) {
    const scrolls = box.scrollHeight > box.clientHeight + 1 || box.scrollWidth > box.clientWidth + 1;
    box.classList.toggle("scrolls", scrolls);
    if (scrolls) box.tabIndex = 0; else box.removeAttribute("tabindex");
  }
}
function code() {
  const panels = [...deck.getCurrentSlide().querySelectorAll("details.source")];
  const open = panels.some(panel => !panel.open);
  for (const panel of panels) panel.open = open;
}
const large = picture => picture?.classList.toggle("large"); // a summary's picture over its whole slide, and back
document.addEventListener("click", event => event.target.matches(".summary .body > img") && large(event.target));
const dark = on => document.documentElement.classList.toggle("dark", on);
dark(matchMedia("(prefers-color-scheme: dark)").matches && !/print-pdf/.test(location.search));
document.addEventListener("toggle", reachable, true);
deck.on("slidechanged", reachable);
deck.initialize().then(() => document.fonts.ready).then(() => {
  deck.addKeyBinding({keyCode: 67, key: "C", description: "Show the code"}, code);
  deck.addKeyBinding({keyCode: 90, key: "Z", description: "The picture large, and back"},
    () => large(deck.getCurrentSlide().querySelector("img[data-points]")));
  deck.addKeyBinding({keyCode: 68, key: "D", description: "Dark or light"}, () => dark());
  reachable();
});
