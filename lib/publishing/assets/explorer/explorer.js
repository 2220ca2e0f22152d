"use strict";
/* Looks up precomputed tables at the positions of the controls and draws them. Nothing is computed here. */
(() => {
  const DATA = JSON.parse(document.getElementById("data").textContent);
  const DASH = {blue: null, orange: "8 3", green: "2 3", pink: "9 3 2 3", black: null, grey: "1 4"};
  const WIDTH = {blue: 2.2, orange: 2.2, green: 2.4, pink: 2, black: 1.6, grey: 1.6};
  const HEIGHT = 330, TOP = 46, KNOB = 31, BOTTOM = 44, LEFT = 50, LINE = 14;
  const state = {}, guesses = {}, drawn = {};
  const panels = Object.keys(DATA);
  const opened = new Set();  /* panels whose truth is drawn: guessed, skipped, or linked to with a state */
  const form = id => document.querySelector(`#${id} form`);
  const colour = style => `var(--${style})`;
  const number = v => v === "inf" ? Infinity : v;

  /* ---- state: positions of the controls, kept in the address ---- */

  const starts = id => Object.fromEntries(DATA[id].controls.map(c => [c.id, c.start]));

  function hash(current) {
    const parts = [current];
    for (const id of panels) for (const c of DATA[id].controls)
      if (state[id][c.id] !== c.start) parts.push(`${id}.${c.id}=${encodeURIComponent(c.keys[state[id][c.id]])}`);
    if (opened.size === panels.length) parts.push("open");
    return "#" + parts.join("&");
  }

  /* Reads an address; what it does not understand is ignored. Returns the panel to show and whether a state was given. */
  function read(address) {
    const found = {panel: null, any: false};
    for (const id of panels) state[id] = starts(id);
    const parts = address.replace(/^#/, "").split("&"), asks = parts.includes("guess");  /* a state, but guess first */
    for (const part of parts) {
      const [, id, name, text] = part.match(/^(\w+)\.(\w+)=(.*)$/) || [];
      let key = null;
      if (part === "open") panels.forEach(panel => opened.add(panel));
      try { key = decodeURIComponent(text ?? ""); } catch { continue; }
      if (id === undefined) { if (panels.includes(part)) found.panel = part; continue; }
      const entry = panels.includes(id) && DATA[id].controls.find(c => c.id === name);
      const position = entry ? entry.keys.indexOf(key) : -1;
      if (position >= 0) { state[id][name] = position; if (!asks) opened.add(id); found.any = true; }
    }
    return found;
  }

  let waiting = null;
  function remember(id) {
    clearTimeout(waiting);
    waiting = setTimeout(() => { try { history.replaceState(null, "", hash(id)); } catch { /* rate limit */ } }, 120);
  }

  /* ---- tables ---- */

  const pick = (id, value) => value && value.by ? value.by.reduce((v, name) => v[state[id][name]], value.v) : value;

  function show(v) {
    v = number(v);
    if (v === null || v === undefined) return "";
    if (v === 0) return "0";
    if (!Number.isFinite(v)) return "infinite";
    if (Number.isInteger(v) && Math.abs(v) < 1e7) return v.toLocaleString("en-US");
    const size = Math.abs(v);
    if (size < 1e-3 || size >= 1e6) {
      const [digits, power] = v.toExponential(3).split("e");
      return `${digits} × 10${raised(power.replace("+", ""))}`;
    }
    return size < 1000 ? String(Number(v.toPrecision(4))) : v.toLocaleString("en-US", {maximumFractionDigits: 0});
  }

  const power = v => v >= 6 ? `10${raised(Math.round(v))}` : show(10 ** v);

  const raised = power => String(power).replace("-", "⁻").replace(/\d/g, d => "⁰¹²³⁴⁵⁶⁷⁸⁹"[d]);

  function tick(v) {
    const power = Math.round(Math.log10(v));
    if (v > 0 && (power > 3 || power < -2) && Math.abs(v / 10 ** power - 1) < 1e-9)
      return "10" + raised(power);
    return v.toLocaleString("en-US", {maximumSignificantDigits: 8});
  }

  function ticks(axis) {
    if (axis.ticks) return axis.ticks;
    if (axis.scale !== "log") return d3.ticks(...axis.domain, 6);
    const [low, high] = axis.domain.map(v => Math.log10(v));
    const first = Math.ceil(low - 1e-9), last = Math.floor(high + 1e-9), step = Math.max(1, Math.ceil((last - first) / 6));
    return d3.range(first, last + 1, step).map(k => 10 ** k);
  }

  /* As many of an axis' ticks as have room beside each other: every one, every second one, ... */
  function roomy(axis, width) {
    const all = ticks(axis), room = all.length > 1 ? width / (all.length - 1) : Infinity;
    const every = Math.max(1, Math.ceil((d3.max(all, v => tick(v).length) * 7 + 8) / room));
    return all.filter((v, i) => axis.scale === "sqrt" || i % every === 0);
  }

  /* ---- pictures ---- */

  function curve(id, mark, chart) {
    const xs = [pick(id, mark.x)].flat(), ys = [pick(id, mark.y)].flat().map(number);
    const floor = chart.y.scale === "log" ? chart.y.domain[0] / 1e3 : -Infinity;
    return xs.map((x, i) => ({x, y: ys[i] === null ? NaN : Math.max(ys[i], floor)}));
  }

  function marks(id, mark, chart) {
    const stroke = colour(mark.style), options = {stroke, strokeWidth: WIDTH[mark.style], strokeDasharray: DASH[mark.style]};
    if (mark.kind === "down") return [Plot.ruleX([pick(id, mark.x)], {stroke, strokeWidth: 1, strokeOpacity: .75,
                                                                     strokeDasharray: DASH[mark.style]})];
    if (mark.kind === "block") return [Plot.rect([0], {x1: 0, y1: 0, x2: pick(id, mark.x), y2: pick(id, mark.y), fill: stroke,
                                                       fillOpacity: .25, stroke, strokeWidth: 1.5})];
    if (mark.kind === "across") return [Plot.ruleY([pick(id, mark.y)], options)];
    const data = curve(id, mark, chart), inside = p => p.y >= chart.y.domain[0] && p.y <= chart.y.domain[1];
    const dots = {x: "x", y: "y", filter: inside, fill: stroke};
    if (mark.kind === "dot") return [Plot.dot(data, {...dots, r: 5.5, stroke: "var(--back)", strokeWidth: 1.5})];
    const line = Plot.line(data, {x: "x", y: "y", ...options, clip: true, curve: mark.kind !== "step" ? "linear" : mark.after ? "step-after" : "step-before"});
    return mark.kind === "points" ? [line, Plot.dot(data, {...dots, r: 2.5})] : [line];
  }

  function wrap(name, most) {
    const lines = [""];
    for (const word of name.split(" ")) {
      const longer = (lines.at(-1) + " " + word).trim();
      if (longer.length <= most) lines[lines.length - 1] = longer; else lines.push(word);
    }
    return lines.filter(line => line);
  }

  const narrow = () => document.documentElement.clientWidth < 480;
  const visible = (id, chart) => chart.marks.filter(mark => (!mark.secret || opened.has(id)) && !(mark.wide && narrow()));

  /* Names of the curves at their right ends, moved apart where they would overlap. */
  function labels(svg, id, chart, right, most) {
    const y = svg.scale("y"), x = svg.scale("x"), [low, high] = chart.y.domain;
    const found = [], inside = [];
    for (const mark of visible(id, chart)) {
      if (!mark.name || mark.quiet || ["dot", "down", "block"].includes(mark.kind)) continue;
      if (mark.tag) {
        inside.push({text: mark.name, style: mark.style, x: x.apply(mark.tag[0]) - 4, y: y.apply(mark.tag[1]) + 4, end: true});
        continue;
      }
      const data = mark.kind === "across" ? [{x: chart.x.domain[1], y: pick(id, mark.y)}]
        : curve(id, mark, chart).filter(p => Number.isFinite(p.y));
      if (!data.length) continue;
      const last = data.findLastIndex(p => p.y >= low), end = data[Math.max(last, 0)], lines = wrap(mark.name, most);
      if (last >= 0 && x.apply(end.x) < right - 60) {  /* it leaves the frame: its name goes where it leaves */
        inside.push({text: mark.name, style: mark.style, x: x.apply(end.x) + 8, y: y.apply(end.y) + (last < data.length - 1 ? -6 : 4)});
        continue;
      }
      found.push({lines, style: mark.style, from: x.apply(end.x), to: y.apply(Math.min(high, Math.max(low, end.y)))});
    }
    found.sort((a, b) => a.to - b.to);
    const tall = f => LINE * f.lines.length + 3;
    for (const f of found) f.at = f.to;
    for (let round = 0; round < 60; round++) {
      for (let i = 1; i < found.length; i++) {
        const [a, b] = [found[i - 1], found[i]], over = (tall(a) + tall(b)) / 2 - (b.at - a.at);
        if (over > 0) { a.at -= over / 2; b.at += over / 2; }
      }
      for (const f of found) f.at = Math.min(HEIGHT - BOTTOM, Math.max(TOP + 4, f.at));
    }
    const group = d3.select(svg).append("g").attr("class", "names").attr("text-anchor", "start");
    const halo = text => text.attr("stroke", "var(--back)").attr("stroke-width", 4).attr("paint-order", "stroke");
    for (const f of inside) halo(group.append("text").attr("fill", colour(f.style)).attr("x", f.x).attr("y", f.y)
      .attr("text-anchor", f.end ? "end" : "start").text(f.text));
    for (const f of found) {
      group.append("path").attr("d", `M${f.from + 3},${f.to}L${right + 9},${f.at}`).attr("fill", "none")
        .attr("stroke", colour(f.style)).attr("stroke-opacity", .55);
      const text = group.append("text").attr("fill", colour(f.style)).attr("y", f.at - LINE * (f.lines.length - 1) / 2);
      f.lines.forEach((line, i) => text.append("tspan").attr("x", right + 12).attr("dy", i ? LINE : "0.32em").text(line));
    }
    for (const mark of chart.marks.filter(m => m.kind === "down" && m.name && !m.control)
      .map(m => ({...m, px: x.apply(pick(id, m.x))})).sort((a, b) => a.px - b.px)) {
      halo(group.append("text").attr("fill", colour(mark.style)).attr("x", mark.px + 4).attr("y", HEIGHT - BOTTOM - 8)
        .text(mark.name));
    }
    const note = pick(id, chart.note);
    wrap(note || "", Math.floor((right - LEFT - 14) / 7)).forEach((line, i) => halo(group.append("text")
      .attr("fill", colour("orange")).attr("x", LEFT + 8).attr("y", TOP + 14 + i * LINE).text(line)));
  }

  function lower(svg) {
    for (const node of svg.querySelectorAll("text, tspan")) {
      const parts = node.childElementCount ? [] : node.textContent.split(/_(\w)\b/);
      if (parts.length < 2) continue;
      node.textContent = "";
      parts.forEach((part, i) => {
        const piece = d3.select(node).append("tspan").text(part);
        if (i % 2) piece.attr("dy", "0.3em").attr("style", "font-size: 75%"); else if (i) piece.attr("dy", "-0.225em");
      });
    }
  }

  function picture(id, chart, width) {
    const names = visible(id, chart).filter(m => m.name && !m.tag && !m.quiet && !["down", "dot", "block"].includes(m.kind)).map(m => m.name);
    const most = narrow() ? 13 : 18;
    const longest = d3.max(names.flatMap(name => wrap(name, most)), line => line.replace("_", "").length) ?? 2;
    const marginRight = Math.round(longest * 7.1 + 16);
    const below = roomy(chart.x, width - LEFT - marginRight);
    const scale = axis => ({type: axis.scale, domain: axis.domain});
    const svg = Plot.plot({
      width, height: HEIGHT, marginTop: TOP, marginBottom: BOTTOM, marginLeft: LEFT, marginRight,
      x: scale(chart.x), y: scale(chart.y),
      marks: [
        Plot.gridY(ticks(chart.y), {stroke: "var(--grid)", strokeOpacity: 1}),
        Plot.gridX(below, {stroke: "var(--grid)", strokeOpacity: 1}),
        Plot.axisX(below, {text: tick, label: chart.x.label, labelAnchor: "center", labelArrow: "none"}),
        Plot.axisY(ticks(chart.y), {text: tick, label: null}),
        ...visible(id, chart).flatMap(mark => marks(id, mark, chart)),
      ],
    });
    d3.select(svg).append("text").attr("x", 0).attr("y", 10).attr("fill", "currentColor").attr("text-anchor", "start")
      .text(chart.y.label);
    labels(svg, id, chart, width - marginRight, most);
    lower(svg);
    svg.setAttribute("role", "img");
    for (const part of svg.querySelectorAll("[aria-label]")) part.removeAttribute("aria-label");
    const now = DATA[id].controls.map(c => `${c.label}: ${c.texts[state[id][c.id]]}`).join("; ");
    drawn[`${id}-chart-${DATA[id].charts.indexOf(chart)}`] = {id, chart, x: svg.scale("x"), y: svg.scale("y"), right: width - marginRight};
    svg.setAttribute("aria-label", `${opened.has(id) ? chart.alt : "Only what is known is drawn; guess first."} Horizontal axis: ${chart.x.label}. Vertical axis: ${chart.y.label}. ${now}.`);
    return svg;
  }

  function numbers(id, chart) {
    const groups = new Map();
    for (const mark of visible(id, chart)) {
      if (!["line", "step", "points"].includes(mark.kind)) continue;
      const x = pick(id, mark.x), key = JSON.stringify(x);
      if (!groups.has(key)) groups.set(key, {x, columns: []});
      groups.get(key).columns.push([mark.name, pick(id, mark.y)]);
    }
    return [...groups.values()].map(({x, columns}) => {
      const table = document.createElement("table"), head = table.createTHead().insertRow(), body = table.createTBody();
      for (const name of [chart.x.label, ...columns.map(c => c[0])]) {
        const cell = document.createElement("th");
        cell.scope = "col";
        cell.textContent = name;
        head.append(cell);
      }
      x.forEach((at, i) => {
        const row = body.insertRow();
        for (const v of [at, ...columns.map(c => c[1][i])]) row.insertCell().textContent = show(v);
      });
      return table;
    });
  }

  function draw(id) {
    const panel = DATA[id], section = document.getElementById(id);
    for (const c of panel.controls) {
      const field = document.getElementById(`${id}-${c.id}`), text = c.texts[state[id][c.id]];
      field.value = state[id][c.id];
      if (c.kind === "slider") {
        field.setAttribute("aria-valuetext", text);
        section.querySelector(`output[for="${id}-${c.id}"]`).textContent = text;
      }
    }
    const entries = section.querySelectorAll(".numbers dd");
    panel.numbers.forEach((entry, i) => {
      const value = entry.secret && !opened.has(id) ? undefined : pick(id, entry.value), unit = document.createElement("small");
      if (value === undefined) {
        entries[i].dataset.value = "";
        entries[i].replaceChildren("?");
        return;
      }
      unit.textContent = value === null ? "" : ` ${entry.unit}`;
      entries[i].dataset.value = value === null ? "" : value;
      entries[i].replaceChildren(value === null ? entry.none : (entry.power ? power : show)(value), ...(entry.unit && value !== null ? [unit] : []));
    });
    panel.charts.forEach((chart, i) => {
      const figure = document.getElementById(`${id}-chart-${i}`), place = figure.querySelector(".plot");
      place.replaceChildren(picture(id, chart, Math.max(260, Math.floor(figure.clientWidth))));
      place_knobs(figure, drawn[figure.id]);
      if (figure.querySelector("details").open) figure.querySelector(".table").replaceChildren(...numbers(id, chart));
    });
    section.querySelector(".here").setAttribute("href", hash(id));
    section.classList.toggle("closed", !opened.has(id));
    section.querySelector(".guess").hidden = opened.has(id);
    if (panel.guess.kind === "level") {
      section.querySelector(`output[for="${id}-guess"]`).textContent = show(level(id));
      document.getElementById(`${id}-guess`).setAttribute("aria-valuetext", `${show(level(id))} ${panel.guess.unit}`);
    }
  }

  /* ---- guess first ---- */

  const level = id => DATA[id].guess.levels[guesses[id]];

  function answer(id, choice) {
    const guess = DATA[id].guess, reply = document.querySelector(`#${id} .reply`);
    opened.add(id);
    draw(id);
    reply.hidden = choice === null;
    if (choice === null) return;
    if (guess.kind === "choose") reply.textContent = `Your guess: ${guess.options[choice]}. ${guess.replies[choice]}`;
    else {
      const said = level(id), truth = guess.truth, near = Math.max(said, truth) <= 2 * Math.min(said, truth);
      reply.textContent = `Your guess: ${show(said)} ${guess.unit}. It is ${show(truth)}${near ? ": close." : "."}`;
    }
  }

  /* ---- what can be dragged in a picture, and what it says under the pointer ---- */

  const entry = (id, name) => DATA[id].controls.find(c => c.id === name);
  const spot = (place, name) => pick(place.id, place.chart.marks.find(m => m.control === name).x);

  /* Where the marker stands at each position of its control: the page's keys are not always the axis' numbers. */
  function spots(place, name) {
    const table = place.chart.marks.find(m => m.control === name).x.v;
    return table.map(v => place.x.apply(number(v)));
  }

  function place_knobs(figure, place) {
    for (const knob of figure.querySelectorAll(".knob")) {
      const name = knob.dataset.knob;
      let now, top, text;
      if (name) {
        const control = entry(place.id, name);
        [now, top, text] = [state[place.id][name], control.keys.length - 1, control.texts[state[place.id][name]]];
        [knob.style.left, knob.style.top] = [`${place.x.apply(spot(place, name))}px`, `${KNOB}px`];
      } else {
        const guess = DATA[place.id].guess;
        knob.hidden = opened.has(place.id);
        [now, top, text] = [guesses[place.id], guess.levels.length - 1, `${show(level(place.id))} ${guess.unit}`];
        [knob.style.left, knob.style.top] = [`${place.x.apply(guess.x)}px`, `${place.y.apply(level(place.id))}px`];
      }
      for (const [key, value] of [["min", 0], ["max", top], ["now", now], ["text", text]])
        knob.setAttribute(`aria-value${key}`, value);
    }
  }

  function set(id, name, position) {
    if (name) state[id][name] = position; else guesses[id] = position;
    if (!name) document.getElementById(`${id}-guess`).value = position;
    draw(id);
    remember(id);
  }

  const nearest = (all, at) => d3.leastIndex(all, (a, b) => Math.abs(a - at) - Math.abs(b - at));

  const lowered = name => name.split(/_(\w)\b/).map((part, i) => {
    const piece = document.createElement(i % 2 ? "sub" : "span");
    piece.textContent = part;
    return piece;
  });

  function readout(figure, place, px) {
    const box = figure.querySelector(".readout"), rows = [], [low, high] = [place.x.apply(place.chart.x.domain[0]), place.right];
    let hair = figure.querySelector(".hair"), first = null;
    if (px === null || px < low - 2 || px > high + 2) { box.hidden = true; hair?.remove(); return; }
    for (const mark of visible(place.id, place.chart)) {
      if (!mark.name || !["line", "step", "points"].includes(mark.kind)) continue;
      const xs = [pick(place.id, mark.x)].flat(), ys = [pick(place.id, mark.y)].flat();
      const i = nearest(xs.map(v => place.x.apply(v)), px);
      first ??= xs[i];
      if (ys[i] !== null && Math.abs(place.x.apply(xs[i]) - px) < 40) rows.push([mark, show(ys[i])]);
    }
    if (!rows.length) { box.hidden = true; hair?.remove(); return; }
    const at = place.x.apply(first), head = document.createElement("div");
    head.append(...lowered(place.chart.x.label.split(" (")[0]), `: ${show(first)}`);
    box.replaceChildren(head, ...rows.map(([mark, value]) => {
      const row = document.createElement("div"), key = document.createElement("i");
      key.style.borderTopColor = colour(mark.style);
      row.append(key, ...lowered(mark.name), `: ${value}`);
      return row;
    }));
    box.hidden = false;
    const wide = box.offsetWidth, room = figure.clientWidth;
    box.style.left = `${at + 14 + wide <= room ? at + 14 : Math.max(0, at - 14 - wide)}px`;
    box.style.top = `${TOP + 4}px`;
    if (!hair) { hair = document.createElement("div"); hair.className = "hair"; box.before(hair); }
    [hair.style.left, hair.style.top, hair.style.height] = [`${at}px`, `${TOP}px`, `${HEIGHT - TOP - BOTTOM}px`];
  }

  function pictures(figure) {
    const stage = figure.querySelector(".stage"), knobs = [...figure.querySelectorAll(".knob")];
    const across = knobs.find(knob => knob.dataset.knob);
    let held = null, from = null;  /* from: where a finger came down on the picture, as long as it may want to scroll */
    const place = () => drawn[figure.id];
    const at = event => { const box = stage.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; };
    const move = event => {
      const [px, py] = at(event), {id} = place(), name = held.dataset.knob;
      const position = name ? nearest(spots(place(), name), px)
        : nearest(DATA[id].guess.levels.map(v => place().y.apply(v)), py);
      if (position !== (name ? state[id][name] : guesses[id])) set(id, name, position);
    };
    stage.addEventListener("pointerdown", event => {
      if (event.button !== 0) return;
      const knob = event.target.closest(".knob") || across, [px, py] = at(event);
      if (!knob || (!event.target.closest(".knob") && (px > place().right + 4 || py > HEIGHT - BOTTOM))) return;
      held = knob;
      stage.setPointerCapture(event.pointerId);
      knob.focus({preventScroll: true});
      from = event.pointerType === "touch" && !event.target.closest(".knob") ? px : null;
      if (event.pointerType !== "touch") event.preventDefault();
      if (from === null) move(event);
    });
    stage.addEventListener("pointermove", event => {
      if (from !== null && Math.abs(at(event)[0] - from) > 6) from = null;
      if (held && from === null) move(event);
      if (held || event.pointerType !== "touch") readout(figure, place(), at(event)[0]);
    });
    for (const kind of ["pointerup", "pointercancel", "lostpointercapture"])
      stage.addEventListener(kind, event => {
        if (held && from !== null && kind === "pointerup") move(event);
        held = from = null;
        if (event.pointerType === "touch") readout(figure, place(), null);
      });
    stage.addEventListener("pointerleave", () => held || readout(figure, place(), null));
    for (const knob of knobs) knob.addEventListener("keydown", event => {
      const {id} = place(), name = knob.dataset.knob, top = Number(knob.getAttribute("aria-valuemax"));
      const now = name ? state[id][name] : guesses[id];
      const next = {ArrowRight: now + 1, ArrowUp: now + 1, ArrowLeft: now - 1, ArrowDown: now - 1, PageUp: now + 3,
                    PageDown: now - 3, Home: 0, End: top}[event.key];
      if (next === undefined) return;
      event.preventDefault();
      set(id, name, Math.min(top, Math.max(0, next)));
    });
  }

  /* ---- events ---- */

  function follow(scroll) {
    const found = read(location.hash);
    panels.forEach(draw);
    document.getElementById("open-all").hidden = opened.size === panels.length;
    if (scroll && found.panel && found.any) document.getElementById(found.panel).scrollIntoView();
  }

  for (const id of panels) {
    form(id).addEventListener("input", event => {
      set(id, event.target.dataset.control, Number(event.target.value));
    });
    form(id).addEventListener("submit", event => event.preventDefault());
    form(id).addEventListener("reset", event => {
      event.preventDefault();
      state[id] = starts(id);
      draw(id);
      remember(id);
    });
    const box = document.querySelector(`#${id} .guess`);
    guesses[id] = DATA[id].guess.start;
    box.addEventListener("input", event => set(id, undefined, Number(event.target.value)));
    box.addEventListener("click", event => {
      const button = event.target.closest("button");
      if (button) answer(id, button.dataset.guess === undefined ? null : Number(button.dataset.guess));
    });
    document.querySelectorAll(`#${id} figure`).forEach(pictures);
    DATA[id].charts.forEach((chart, i) => document.querySelector(`#${id}-chart-${i} details`)
      .addEventListener("toggle", () => draw(id)));
  }
  document.getElementById("open-all").addEventListener("click", event => {
    panels.forEach(id => opened.add(id));
    panels.forEach(draw);
    event.target.hidden = true;
    remember(panels[0]);
  });
  window.addEventListener("hashchange", () => { if (location.hash.includes("=")) follow(true); });
  let width = document.documentElement.clientWidth;
  window.addEventListener("resize", () => {
    if (document.documentElement.clientWidth === width) return;
    width = document.documentElement.clientWidth;
    panels.forEach(draw);
  });
  follow(true);
})();
