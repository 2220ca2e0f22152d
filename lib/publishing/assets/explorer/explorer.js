"use strict";
/* Looks up precomputed tables at the positions of the controls and draws them. Nothing is computed here. */
(() => {
  const DATA = JSON.parse(document.getElementById("data").textContent);
  const DASH = {blue: null, orange: "8 3", green: "2 3", pink: "9 3 2 3", black: null, grey: "1 4"};
  const WIDTH = {blue: 2.2, orange: 2.2, green: 2.4, pink: 2, black: 1.6, grey: 1.6};
  const HEIGHT = 330, TOP = 34, BOTTOM = 44, LEFT = 50, LINE = 14;
  const state = {};
  const panels = Object.keys(DATA);
  const form = id => document.querySelector(`#${id} form`);
  const colour = style => `var(--${style})`;
  const number = v => v === "inf" ? Infinity : v;

  /* ---- state: positions of the controls, kept in the address ---- */

  const starts = id => Object.fromEntries(DATA[id].controls.map(c => [c.id, c.start]));

  function hash(current) {
    const parts = [current];
    for (const id of panels) for (const c of DATA[id].controls)
      if (state[id][c.id] !== c.start) parts.push(`${id}.${c.id}=${encodeURIComponent(c.keys[state[id][c.id]])}`);
    return "#" + parts.join("&");
  }

  /* Reads an address; what it does not understand is ignored. Returns the panel to show and whether a state was given. */
  function read(address) {
    const found = {panel: null, any: false};
    for (const id of panels) state[id] = starts(id);
    for (const part of address.replace(/^#/, "").split("&")) {
      const [, id, name, text] = part.match(/^(\w+)\.(\w+)=(.*)$/) || [];
      let key = null;
      try { key = decodeURIComponent(text ?? ""); } catch { continue; }
      if (id === undefined) { if (panels.includes(part)) found.panel = part; continue; }
      const entry = panels.includes(id) && DATA[id].controls.find(c => c.id === name);
      const position = entry ? entry.keys.indexOf(key) : -1;
      if (position >= 0) { state[id][name] = position; found.any = true; }
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

  const raised = power => String(power).replace("-", "⁻").replace(/\d/g, d => "⁰¹²³⁴⁵⁶⁷⁸⁹"[d]);

  function tick(v) {
    const power = Math.round(Math.log10(v));
    if (v > 0 && (power > 3 || power < -2) && Math.abs(v / 10 ** power - 1) < 1e-9)
      return "10" + raised(power);
    return v.toLocaleString("en-US", {maximumSignificantDigits: 8});
  }

  function ticks(axis) {
    if (axis.ticks) return axis.ticks;
    if (!axis.log) return d3.ticks(...axis.domain, 6);
    const [low, high] = axis.domain.map(v => Math.log10(v));
    const first = Math.ceil(low - 1e-9), last = Math.floor(high + 1e-9), step = Math.max(1, Math.ceil((last - first) / 6));
    return d3.range(first, last + 1, step).map(k => 10 ** k);
  }

  /* ---- pictures ---- */

  function curve(id, mark, chart) {
    const xs = [pick(id, mark.x)].flat(), ys = [pick(id, mark.y)].flat().map(number);
    const floor = chart.y.log ? chart.y.domain[0] / 1e3 : -Infinity;
    return xs.map((x, i) => ({x, y: ys[i] === null ? NaN : Math.max(ys[i], floor)}));
  }

  function marks(id, mark, chart) {
    const stroke = colour(mark.style), options = {stroke, strokeWidth: WIDTH[mark.style], strokeDasharray: DASH[mark.style]};
    if (mark.kind === "down") return [Plot.ruleX([pick(id, mark.x)], {stroke, strokeWidth: 1, strokeOpacity: .75,
                                                                     strokeDasharray: DASH[mark.style]})];
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

  /* Names of the curves at their right ends, moved apart where they would overlap. */
  function labels(svg, id, chart, right, most) {
    const y = svg.scale("y"), x = svg.scale("x"), [low, high] = chart.y.domain;
    const found = [], inside = [];
    for (const mark of chart.marks) {
      if (!mark.name || mark.kind === "dot" || mark.kind === "down") continue;
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
    for (const f of inside) halo(group.append("text").attr("fill", colour(f.style)).attr("x", f.x).attr("y", f.y).text(f.text));
    for (const f of found) {
      group.append("path").attr("d", `M${f.from + 3},${f.to}L${right + 9},${f.at}`).attr("fill", "none")
        .attr("stroke", colour(f.style)).attr("stroke-opacity", .55);
      const text = group.append("text").attr("fill", colour(f.style)).attr("y", f.at - LINE * (f.lines.length - 1) / 2);
      f.lines.forEach((line, i) => text.append("tspan").attr("x", right + 12).attr("dy", i ? LINE : "0.32em").text(line));
    }
    let previous = -99;
    for (const mark of chart.marks.filter(m => m.kind === "down" && m.name)
      .map(m => ({...m, px: x.apply(pick(id, m.x))})).sort((a, b) => a.px - b.px)) {
      const close = mark.px - previous < 34;
      group.append("text").attr("fill", colour(mark.style)).attr("x", mark.px).attr("y", close ? TOP - 16 : TOP - 4)
        .attr("text-anchor", "middle").text(mark.name);
      previous = close ? -99 : mark.px;
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
    const names = chart.marks.filter(m => m.name && m.kind !== "down" && m.kind !== "dot").map(m => m.name);
    const most = width < 480 ? 13 : 18;
    const longest = d3.max(names.flatMap(name => wrap(name, most)), line => line.replace("_", "").length);
    const marginRight = Math.round(longest * 7.1 + 16);
    const scale = axis => ({type: axis.log ? "log" : "linear", domain: axis.domain});
    const svg = Plot.plot({
      width, height: HEIGHT, marginTop: TOP, marginBottom: BOTTOM, marginLeft: LEFT, marginRight,
      x: scale(chart.x), y: scale(chart.y),
      marks: [
        Plot.gridY(ticks(chart.y), {stroke: "var(--grid)", strokeOpacity: 1}),
        Plot.gridX(ticks(chart.x), {stroke: "var(--grid)", strokeOpacity: 1}),
        Plot.axisX(ticks(chart.x), {text: tick, label: chart.x.label, labelAnchor: "center", labelArrow: "none"}),
        Plot.axisY(ticks(chart.y), {text: tick, label: null}),
        ...chart.marks.flatMap(mark => marks(id, mark, chart)),
      ],
    });
    d3.select(svg).append("text").attr("x", 0).attr("y", 10).attr("fill", "currentColor").attr("text-anchor", "start")
      .text(chart.y.label);
    labels(svg, id, chart, width - marginRight, most);
    lower(svg);
    svg.setAttribute("role", "img");
    for (const part of svg.querySelectorAll("[aria-label]")) part.removeAttribute("aria-label");
    const now = DATA[id].controls.map(c => `${c.label}: ${c.texts[state[id][c.id]]}`).join("; ");
    svg.setAttribute("aria-label", `${chart.alt} Horizontal axis: ${chart.x.label}. Vertical axis: ${chart.y.label}. ${now}.`);
    return svg;
  }

  function numbers(id, chart) {
    const groups = new Map();
    for (const mark of chart.marks) {
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
      const value = pick(id, entry.value), unit = document.createElement("small");
      unit.textContent = value === null ? "" : ` ${entry.unit}`;
      entries[i].dataset.value = value === null ? "" : value;
      entries[i].replaceChildren(value === null ? entry.none : show(value), ...(entry.unit && value !== null ? [unit] : []));
    });
    panel.charts.forEach((chart, i) => {
      const figure = document.getElementById(`${id}-chart-${i}`), place = figure.querySelector(".plot");
      place.replaceChildren(picture(id, chart, Math.max(260, Math.floor(figure.clientWidth))));
      if (figure.querySelector("details").open) figure.querySelector(".table").replaceChildren(...numbers(id, chart));
    });
    section.querySelector(".here").setAttribute("href", hash(id));
  }

  /* ---- events ---- */

  function follow(scroll) {
    const found = read(location.hash);
    panels.forEach(draw);
    if (scroll && found.panel && found.any) document.getElementById(found.panel).scrollIntoView();
  }

  for (const id of panels) {
    form(id).addEventListener("input", event => {
      state[id][event.target.dataset.control] = Number(event.target.value);
      draw(id);
      remember(id);
    });
    form(id).addEventListener("submit", event => event.preventDefault());
    form(id).addEventListener("reset", event => {
      event.preventDefault();
      state[id] = starts(id);
      draw(id);
      remember(id);
    });
    DATA[id].charts.forEach((chart, i) => document.querySelector(`#${id}-chart-${i} details`)
      .addEventListener("toggle", () => draw(id)));
  }
  window.addEventListener("hashchange", () => { if (location.hash.includes("=")) follow(true); });
  let width = document.documentElement.clientWidth;
  window.addEventListener("resize", () => {
    if (document.documentElement.clientWidth === width) return;
    width = document.documentElement.clientWidth;
    panels.forEach(draw);
  });
  follow(true);
})();
