"use strict";
/* The query page. State lives in the URL, so that a link shows what its sender saw. */

const element = id => document.getElementById(id);
const ranges = {"5m": 300, "15m": 900, "1h": 3600, "3h": 10800, "6h": 21600, "12h": 43200, "1d": 86400, "2d": 172800, "7d": 604800, "30d": 2592000, "90d": 7776000, "1y": 31536000};
const seriesShownMax = 500;
const pointsAcross = 250;
const colors = ["#3d7eff", "#e8833a", "#2fa56b", "#c94f8c", "#8a63d2", "#00a3b4", "#b98b1b", "#d24b4b", "#6a8f2e", "#5a6fd8", "#9c6644", "#4aa3df"];
let state = readState();
let chart = null;
let running = null;
let timer = 0;
let metricNames = null;

function readState() {
  const p = new URLSearchParams(location.search);
  return {
    query: p.get("query") || "", tab: p.get("tab") || "graph", range: ranges[p.get("range")] ? p.get("range") : "1h",
    end: p.get("end") || "", step: p.get("step") || "", resolution: p.get("resolution") || "0s",
    dedup: p.get("dedup") !== "false", partial: p.get("partial") !== "false"
  };
}

function writeState(push) {
  const p = new URLSearchParams();
  for (const key of ["query", "tab", "range", "end", "step", "resolution"]) if (state[key]) p.set(key, state[key]);
  if (!state.dedup) p.set("dedup", "false");
  if (!state.partial) p.set("partial", "false");
  const url = location.pathname + "?" + p;
  if (push && location.search !== "?" + p) history.pushState(null, "", url); else history.replaceState(null, "", url);
  document.title = state.query ? state.query.slice(0, 60) + " · Meridian" : "Meridian";
}

function showState() {
  element("query").value = state.query;
  fitQuery();
  element("range").value = state.range;
  element("end").value = state.end;
  element("step").value = state.step;
  element("resolution").value = state.resolution;
  element("dedup").checked = state.dedup;
  element("partial").checked = state.partial;
  const graph = state.tab === "graph";
  for (const tab of document.querySelectorAll("[data-tab]")) tab.setAttribute("aria-selected", tab.dataset.tab === state.tab);
  element("rangeControls").hidden = !graph;
  element("rangeControls").style.display = graph ? "" : "none";
  element("stepControl").style.display = graph ? "" : "none";
}

function fitQuery() {
  const q = element("query");
  q.style.height = "auto";
  q.style.height = q.scrollHeight + 2 + "px";
}

const node = (name, className, text) => {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
};

function message(kind, title, texts, place) {
  const box = node("div", "message " + kind);
  box.append(node("b", "", title));
  const body = node("div");
  if (texts.length === 1) body.append(node("div", "", texts[0]));
  else {
    const list = node("ul");
    texts.forEach(t => list.append(node("li", "", t)));
    body.append(list);
  }
  if (place) body.append(node("pre", "", place));
  box.append(body);
  element("messages").append(box);
}

/* The line of the query that a parse error names, with a mark below its column. */
function placeOf(error, query) {
  const found = /(\d+):(\d+): parse error/.exec(error);
  if (!found) return "";
  const line = query.split("\n")[found[1] - 1];
  return line === undefined ? "" : line + "\n" + " ".repeat(Math.max(0, found[2] - 1)) + "▲";
}

function endSeconds() {
  if (!state.end) return Date.now() / 1000;
  if (/^\d+(\.\d+)?$/.test(state.end)) return Number(state.end);
  const parsed = Date.parse(state.end.replace(" ", "T"));
  if (Number.isNaN(parsed)) throw new Error("“until” is not a time: " + state.end + " (write YYYY-MM-DD hh:mm:ss)");
  return parsed / 1000;
}

function localTime(seconds) {
  const d = new Date(seconds * 1000);
  const two = n => String(n).padStart(2, "0");
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())} ${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`;
}

/* Times of the x axis: the day where it changes, seconds only where they matter. */
function clock(ticks, span) {
  let day = "";
  return ticks.map(tick => {
    const text = localTime(tick), date = text.slice(5, 10), time = text.slice(11, span <= 600 ? 19 : 16);
    const shown = date === day ? time : span > 7 * 86400 ? date : time + "\n" + date;
    day = date;
    return span > 7 * 86400 && time !== "00:00" && span < 30 * 86400 ? time + "\n" + date : shown;
  });
}

async function run(push) {
  clearTimeout(timer);
  writeState(push);
  showState();
  if (running) running.abort();
  element("messages").replaceChildren();
  if (!state.query.trim()) { element("status").textContent = ""; welcome(); return; }
  const mine = running = new AbortController();
  element("run").classList.add("busy");
  element("run").textContent = "Stop";
  const started = performance.now();
  try {
    const end = endSeconds();
    const form = new URLSearchParams({query: state.query, dedup: state.dedup, partial_response: state.partial, stats: "true"});
    if (state.resolution !== "0s") form.set("max_source_resolution", state.resolution);
    let path = "api/v1/query";
    let start = 0, step = 0;
    if (state.tab === "graph") {
      path = "api/v1/query_range";
      const span = ranges[state.range];
      step = state.step || Math.max(1, Math.round(span / pointsAcross));
      start = end - span;
      form.set("start", start.toFixed(3));
      form.set("end", end.toFixed(3));
      form.set("step", step);
    } else form.set("time", end.toFixed(3));
    const response = await fetch(path, {method: "POST", body: form, signal: mine.signal});
    const text = await response.text();
    let answer;
    try { answer = JSON.parse(text); } catch { throw new Error(response.status + " " + text.slice(0, 300)); }
    if (answer.status !== "success") {
      element("result").replaceChildren();
      message("error", answer.errorType || "error", [answer.error], placeOf(answer.error, state.query));
      element("status").textContent = "";
      return;
    }
    const missing = (answer.warnings || []).filter(w => !w.startsWith("PromQL"));
    const language = (answer.warnings || []).filter(w => w.startsWith("PromQL"));
    if (missing.length) message("warning", "Incomplete", missing);
    if (language.length) message("warning", "Warning", language);
    if (answer.infos) message("info", "Note", answer.infos);
    const count = Array.isArray(answer.data.result) && !["scalar", "string"].includes(answer.data.resultType) ? answer.data.result.length : 1;
    const samples = answer.data.stats && answer.data.stats.samples ? answer.data.stats.samples.totalQueryableSamples : 0;
    element("status").textContent = `${count} series · ${Math.round(performance.now() - started)} ms · ${samples.toLocaleString()} samples`
      + (step ? ` · step ${step}${/\d$/.test(step) ? " s" : ""}` : "") + (missing.length ? " · incomplete" : "");
    if (state.tab === "graph") drawGraph(answer.data.result, start, end); else drawTable(answer.data);
  } catch (problem) {
    if (problem.name !== "AbortError") {
      element("result").replaceChildren();
      message("error", "error", [problem.message]);
    } else if (running === mine) element("status").textContent = "stopped";
  } finally {
    if (running === mine) {
      running = null;
      element("run").classList.remove("busy");
      element("run").textContent = "Run";
      if (element("refresh").checked) timer = setTimeout(() => run(false), 15000);
    }
  }
}

function welcome() {
  const panel = node("div", "panel empty");
  panel.append(node("div", "", "Type a query and press Enter. Shift+Enter makes a new line. Or begin with one of these:"));
  for (const example of ["up", "count by (__name__) ({__name__!=\"\"})", "sum by (job) (rate(process_cpu_seconds_total[5m]))", "topk(10, count by (__name__) ({__name__=~\".+\"}))"]) {
    const button = node("button", "", example);
    button.type = "button";
    button.onclick = () => { state.query = example; state.tab = example.startsWith("count") || example.startsWith("topk") ? "table" : "graph"; run(true); };
    panel.append(button);
  }
  element("result").replaceChildren(panel);
}

function empty() {
  const panel = node("div", "panel empty", "No data. Look at the time, the matchers, and the list of stores above.");
  element("result").replaceChildren(panel);
}

function seriesText(metric) {
  const name = metric.__name__ || "";
  const rest = Object.keys(metric).filter(k => k !== "__name__").map(k => `${k}="${metric[k]}"`).join(", ");
  return rest || !name ? `${name}{${rest}}` : name;
}

function seriesNode(metric) {
  const box = node("span");
  if (metric.__name__) box.append(node("span", "name", metric.__name__));
  const keys = Object.keys(metric).filter(k => k !== "__name__");
  if (keys.length || !metric.__name__) {
    box.append("{");
    keys.forEach((k, i) => { box.append(node("span", "key", (i ? ", " : "") + k + "="), `"${metric[k]}"`); });
    box.append("}");
  }
  return box;
}

function shortNumber(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e15)) return value.toExponential(3);
  const units = [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"]];
  for (const [unit, mark] of units) if (size >= unit) return +(value / unit).toPrecision(5) + mark;
  return String(+value.toPrecision(6));
}

function drawGraph(result, start, end) {
  if (!result.length) return empty();
  const shown = result.slice(0, seriesShownMax);
  const times = new Set();
  shown.forEach(s => { (s.values || []).forEach(v => times.add(v[0])); (s.histograms || []).forEach(v => times.add(v[0])); });
  const axis = [...times].sort((a, b) => a - b);
  const index = new Map(axis.map((t, i) => [t, i]));
  let histograms = false;
  const data = [axis].concat(shown.map(s => {
    const column = new Array(axis.length).fill(null);
    (s.values || []).forEach(v => { const n = Number(v[1] === "+Inf" ? Infinity : v[1] === "-Inf" ? -Infinity : v[1]); column[index.get(v[0])] = Number.isFinite(n) ? n : null; });
    (s.histograms || []).forEach(v => { histograms = true; column[index.get(v[0])] = Number(v[1].count); });
    return column;
  }));
  if (histograms) message("info", "Note", ["Native histograms are drawn as their counts; the table has their buckets."]);
  if (result.length > shown.length) message("info", "Note", [`${shown.length} of ${result.length} series are drawn.`]);
  const style = getComputedStyle(document.documentElement);
  const ink = style.getPropertyValue("--soft").trim(), line = style.getPropertyValue("--line").trim();
  const panel = node("div", "panel"), legend = node("div", "legend");
  element("result").replaceChildren(panel);
  const holder = node("div");
  panel.append(holder, legend);
  const axisStyle = {stroke: ink, grid: {stroke: line, width: 1}, ticks: {stroke: line}};
  if (chart) chart.destroy();
  const values = [];
  chart = new uPlot({
    width: Math.max(300, holder.clientWidth), height: Math.max(260, Math.min(460, innerHeight - 420)),
    scales: {x: {min: start, max: end}},
    series: [{}].concat(shown.map((s, i) => ({label: seriesText(s.metric), stroke: colors[i % colors.length], width: 1.5, points: {show: axis.length < 3 ? true : undefined}, spanGaps: false}))),
    axes: [Object.assign({values: (_, ticks) => clock(ticks, end - start), space: 76}, axisStyle), Object.assign({size: 70, values: (_, ticks) => ticks.map(shortNumber)}, axisStyle)],
    cursor: {drag: {x: true, y: false}, focus: {prox: 24}},
    focus: {alpha: 0.25},
    legend: {show: false},
    hooks: {
      setCursor: [u => { shown.forEach((_, i) => { const at = u.cursor.idx; const v = at === null || at === undefined ? lastOf(data[i + 1]) : data[i + 1][at]; values[i].textContent = shortNumber(v); }); }],
      setSelect: [u => { if (u.select.width > 8) zoom(u.posToVal(u.select.left, "x"), u.posToVal(u.select.left + u.select.width, "x")); }]
    }
  }, data, holder);
  shown.forEach((s, i) => {
    const row = node("div"), dot = node("i");
    dot.style.background = colors[i % colors.length];
    values[i] = node("em", "", shortNumber(lastOf(data[i + 1])));
    row.append(dot, node("span", "", seriesText(s.metric)), values[i]);
    row.title = "Click: show only this series. Ctrl+click: hide it.";
    row.onmouseenter = () => chart.setSeries(i + 1, {focus: true});
    row.onmouseleave = () => chart.setSeries(null, {focus: false});
    row.onclick = event => {
      const rows = [...legend.children];
      if (event.ctrlKey || event.metaKey) row.classList.toggle("off");
      else {
        const alone = rows.every((other, k) => k === i ? !other.classList.contains("off") : other.classList.contains("off"));
        rows.forEach((other, k) => other.classList.toggle("off", !alone && k !== i));
      }
      rows.forEach((other, k) => chart.setSeries(k + 1, {show: !other.classList.contains("off")}));
    };
    legend.append(row);
  });
}

function lastOf(column) {
  for (let i = column.length - 1; i >= 0; i--) if (column[i] !== null) return column[i];
  return null;
}

/* A selected stretch of the graph becomes the next range that holds it. */
function zoom(from, to) {
  const span = to - from;
  const fitting = Object.keys(ranges).find(name => ranges[name] >= span);
  state.range = fitting || state.range;
  state.end = localTime(Math.ceil(to));
  state.step = "";
  run(true);
}

function histogramText(h) {
  const signs = [["(", "]"], ["[", ")"], ["(", ")"], ["[", "]"]];
  const lines = (h.buckets || []).map(b => `${signs[b[0]][0]}${b[1]}, ${b[2]}${signs[b[0]][1]}  ${b[3]}`);
  return `count ${h.count}, sum ${h.sum}` + (lines.length ? "\n" + lines.join("\n") : "");
}

function drawTable(data) {
  const rows = [];
  if (data.resultType === "scalar" || data.resultType === "string") rows.push([node("span", "", data.resultType), data.result[1]]);
  else for (const s of data.result.slice(0, 10000)) {
    const values = data.resultType === "vector" ? [s.value || s.histogram] : (s.values || []).concat(s.histograms || []);
    const text = values.map(v => {
      const shown = typeof v[1] === "object" ? histogramText(v[1]) : v[1];
      return data.resultType === "vector" ? shown : `${shown} @ ${localTime(v[0])}`;
    }).join("\n");
    rows.push([seriesNode(s.metric), text]);
  }
  if (!rows.length) return empty();
  const panel = node("div", "panel"), table = node("table");
  for (const [series, value] of rows) {
    const row = node("tr"), left = node("td", "series"), right = node("td", "value", value);
    right.style.whiteSpace = "pre";
    left.append(series);
    row.append(left, right);
    table.append(row);
  }
  panel.append(table);
  element("result").replaceChildren(panel);
}

async function loadStores() {
  try {
    const answer = await (await fetch("api/v1/stores")).json();
    const all = Object.entries(answer.data).flatMap(([type, list]) => list.map(store => ({type, ...store})));
    const bad = all.filter(store => store.lastError);
    element("storesCount").textContent = all.length ? `${all.length} store${all.length > 1 ? "s" : ""}` + (bad.length ? `, ${bad.length} failing` : "") : "no stores";
    element("storesDot").className = "dot " + (bad.length || !all.length ? "bad" : "good");
    const panel = node("div", "panel"), table = node("table");
    const head = node("tr");
    ["", "Store", "Type", "Labels", "From", "To"].forEach(h => head.append(node("th", "", h)));
    table.append(head);
    for (const store of all) {
      const row = node("tr"), dot = node("td");
      dot.append(node("span", "dot " + (store.lastError ? "bad" : "good")));
      const labels = (store.labelSets || []).map(set => seriesText(set)).join("\n");
      const time = ms => Math.abs(ms) > 8e15 || ms >= 9e15 ? (ms > 0 ? "now" : "ever") : localTime(ms / 1000);
      const name = node("td", "series", store.name);
      if (store.lastError) name.append(node("div", "", store.lastError));
      const labelCell = node("td", "series", labels);
      labelCell.style.whiteSpace = "pre-wrap";
      row.append(dot, name, node("td", "", store.type), labelCell, node("td", "", time(store.minTime)), node("td", "", time(store.maxTime)));
      table.append(row);
    }
    if (!all.length) panel.append(node("div", "empty", "No store has answered yet. Name them with --endpoint."));
    else panel.append(table);
    element("stores").replaceChildren(panel);
  } catch (problem) {
    element("storesCount").textContent = "stores: " + problem.message;
    element("storesDot").className = "dot bad";
  }
}

/* Names of metrics for the word before the cursor. */
async function suggest() {
  const q = element("query"), list = element("suggestions");
  const word = /[a-zA-Z_:][a-zA-Z0-9_:]*$/.exec(q.value.slice(0, q.selectionStart));
  const inside = /\{[^}]*$/.test(q.value.slice(0, q.selectionStart));
  list.hidden = true;
  if (!word || word[0].length < 2 || inside) return;
  if (!metricNames) {
    const now = Date.now() / 1000;
    try { metricNames = (await (await fetch(`api/v1/label/__name__/values?start=${now - 86400}&end=${now}&limit=20000`)).json()).data || []; } catch { metricNames = []; }
  }
  const part = word[0].toLowerCase();
  const found = metricNames.filter(n => n.toLowerCase().includes(part) && n !== word[0]).sort((a, b) => a.toLowerCase().indexOf(part) - b.toLowerCase().indexOf(part)).slice(0, 30);
  if (!found.length) return;
  list.replaceChildren(...found.map(name => {
    const item = node("li", "", name);
    item.onmousedown = event => { event.preventDefault(); complete(name, word); };
    return item;
  }));
  list.hidden = false;
}

function complete(name, word) {
  const q = element("query"), at = q.selectionStart;
  q.value = q.value.slice(0, at - word[0].length) + name + q.value.slice(at);
  q.selectionStart = q.selectionEnd = at - word[0].length + name.length;
  element("suggestions").hidden = true;
  fitQuery();
}

function chosen() {
  const items = [...element("suggestions").children];
  return {items, at: items.findIndex(i => i.getAttribute("aria-selected") === "true")};
}

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  try { localStorage.setItem("meridian-theme", theme); } catch { /* private window */ }
}

function begin() {
  let theme = null;
  try { theme = localStorage.getItem("meridian-theme"); } catch { /* private window */ }
  document.documentElement.dataset.theme = theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  Object.keys(ranges).forEach(name => element("range").append(new Option(name, name)));
  const q = element("query");
  element("form").onsubmit = event => {
    event.preventDefault();
    if (running) { running.abort(); return; }
    state.query = q.value;
    element("suggestions").hidden = true;
    run(true);
  };
  q.oninput = () => { fitQuery(); suggest(); };
  q.onblur = () => { element("suggestions").hidden = true; };
  q.onkeydown = event => {
    const list = element("suggestions");
    if (!list.hidden && ["ArrowDown", "ArrowUp"].includes(event.key)) {
      event.preventDefault();
      const {items, at} = chosen();
      const next = (at + (event.key === "ArrowDown" ? 1 : -1) + items.length) % items.length;
      items.forEach((item, i) => item.setAttribute("aria-selected", i === next));
      items[next].scrollIntoView({block: "nearest"});
    } else if (event.key === "Escape") list.hidden = true;
    else if ((event.key === "Enter" || event.key === "Tab") && !list.hidden && chosen().at >= 0) {
      event.preventDefault();
      chosen().items[chosen().at].onmousedown(event);
    } else if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); element("form").requestSubmit(); }
  };
  for (const tab of document.querySelectorAll("[data-tab]")) tab.onclick = () => { state.tab = tab.dataset.tab; state.query = q.value; run(true); };
  for (const id of ["range", "end", "step", "resolution"]) element(id).onchange = () => { state[id] = element(id).value.trim(); state.query = q.value; run(true); };
  for (const id of ["dedup", "partial"]) element(id).onchange = () => { state[id] = element(id).checked; state.query = q.value; run(true); };
  element("refresh").onchange = () => { if (element("refresh").checked) run(false); else clearTimeout(timer); };
  const shift = direction => { try { const end = endSeconds() + direction * ranges[state.range] / 2; state.end = direction > 0 && end >= Date.now() / 1000 ? "" : localTime(end); run(true); } catch (problem) { message("error", "error", [problem.message]); } };
  element("earlier").onclick = () => shift(-1);
  element("later").onclick = () => shift(1);
  element("storesButton").onclick = () => { const s = element("stores"); s.hidden = !s.hidden; element("storesButton").setAttribute("aria-expanded", !s.hidden); if (!s.hidden) loadStores(); };
  element("themeButton").onclick = () => { setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark"); if (chart) run(false); };
  addEventListener("popstate", () => { state = readState(); run(false); });
  addEventListener("resize", () => { if (chart && chart.root.parentElement) chart.setSize({width: Math.max(300, chart.root.parentElement.clientWidth), height: chart.height}); });
  loadStores();
  setInterval(loadStores, 30000);
  run(false);
  q.focus();
}

begin();
