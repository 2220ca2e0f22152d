// Run in a deck that is open: how many slides there are, what is wrong with them, and what is worth a note.
async least => {
  await document.fonts.ready;
  const found = [], scrolling = [], slides = [...document.querySelectorAll(".slides > section > section")];
  const lines = formula => { // parts of a formula that stand wholly below the one before begin a line
    const boxes = [...formula.querySelectorAll(".katex-html > .katex-base")].map(part => part.getBoundingClientRect());
    return 1 + boxes.filter((box, i) => i && box.left < boxes[i - 1].left).length;
  };
  for (const slide of slides) {
    const {h, v} = deck.getIndices(slide), name = `#/${slide.id} (${h + 1}.${(v || 0) + 1})`;
    deck.slide(h, v, 1000);
    for (const source of slide.querySelectorAll("details.source")) source.open = false;
    const scale = deck.getScale(), frame = slide.getBoundingClientRect(), body = slide.querySelector(".body");
    if (Math.abs(frame.height / scale - 720) > 1) found.push(`${name}: the slide is ${frame.height / scale} high`);
    if (body.getBoundingClientRect().height < 500 * scale) found.push(`${name}: its heading takes the room of its text`);
    if (!body.querySelector("p, li, td, h3, img, pre.output")) found.push(`${name}: is empty`);
    const long = body.scrollHeight / body.clientHeight;
    if (long > 1.005 && body.scrollHeight > body.clientHeight + 1) // two pixels are no reason to scroll
      (long > 2 ? found : scrolling).push(`${name}: scrolls, ${long.toFixed(2)} times its room`);
    for (const element of slide.querySelectorAll(".body *, h1, h2, h2 *, .crumb")) {
      if (!element.getClientRects().length || element.closest(".katex-mathml, svg")) continue;
      const box = element.getBoundingClientRect(), by = Math.max(box.right - frame.right, frame.left - box.left) / scale;
      if (by > 0.5) found.push(`${name}: ${element.tagName.toLowerCase()} ${element.textContent.slice(0, 30)} is too wide by ${by.toFixed(0)} px`);
    }
    const walker = document.createTreeWalker(slide, NodeFilter.SHOW_TEXT);
    for (let node; node = walker.nextNode();) {
      const parent = node.parentElement;
      if (!node.data.replace(/[\s\u200b]/g, "") || parent.closest("aside, .katex-mathml")) continue;
      const size = parseFloat(getComputedStyle(parent).fontSize);
      if (size < least - 0.01) found.push(`${name}: ${size.toFixed(1)} px: ${node.data.trim().slice(0, 40)}`);
    }
    for (const note of slide.querySelectorAll("aside.notes"))
      if (note.getClientRects().length) found.push(`${name}: its notes are visible`);
    for (const formula of slide.querySelectorAll(".katex-display"))
      if (slide.matches(".summary") && lines(formula) > 1) scrolling.push(`${name}: its formula breaks into lines`);
    const texts = [...slide.querySelectorAll(".body p, .body li")].filter(text => text.getClientRects().length && !text.closest(".claim"));
    const type = Math.max(...(texts.length ? texts : [body]).map(text => parseFloat(getComputedStyle(text).fontSize)));
    for (const image of slide.querySelectorAll("img[data-points]")) { // how large its smallest letter is shown
      const shown = Math.min(image.clientWidth, image.clientHeight * image.naturalWidth / image.naturalHeight);
      const letter = shown / image.dataset.inches * image.dataset.points / 72;
      if (letter < 0.6 * type) found.push(`${name}: letters of its picture are ${(100 * letter / type).toFixed(0)} % of the text's`);
    }
    for (const image of slide.querySelectorAll("img"))
      if (!image.alt || image.naturalWidth === 0) found.push(`${name}: a picture lacks its text or its pixels`);
  }
  deck.slide(0, 0);
  return [slides.length, [...new Set(found)], scrolling];
}
