/// The page on which runs are watched: one file, no network but its own server.
enum ViewPage {
  static let html = """
    <!doctype html>
    <html lang="en">
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width,initial-scale=1">
    <title>Backsolve: runs</title>
    <link rel="icon" href="data:,">
    <style>\(style)</style>
    <header><h1>Runs</h1><p id="connection" role="status">connecting</p></header>
    <main>
    <nav aria-label="Runs"><ul id="list"></ul><p class="hint">Choose one run, or two to compare.</p></nav>
    <div id="shown" aria-live="off"></div>
    <section id="difference" hidden><h2>What differs between the scenes</h2><pre></pre></section>
    </main>
    <script>\(script)</script>
    </html>
    """

  private static let style = """
    :root{--page:#f6f8fa;--card:#fff;--ink:#17212b;--soft:#55636f;--line:#dde3e8;--accent:#0b63a5;--second:#b35309}
    @media(prefers-color-scheme:dark){:root{--page:#0e141a;--card:#151d25;--ink:#e6edf3;--soft:#9aa7b4;--line:#27313b;--accent:#6db7f2;--second:#f0a35e}}
    *{box-sizing:border-box}
    body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
    header{display:flex;justify-content:space-between;align-items:baseline;gap:16px;padding:14px clamp(14px,3vw,32px) 0}
    h1{font-size:1.3rem;margin:0}h2{font-size:1.05rem;margin:0;overflow-wrap:anywhere}h3{font-size:.9rem;margin:12px 0 4px;color:var(--soft)}
    header p,.hint{color:var(--soft);font-size:.86rem;margin:0}
    main{display:grid;grid-template-columns:minmax(200px,270px) minmax(0,1fr);gap:18px;padding:14px clamp(14px,3vw,32px) 32px}
    @media(max-width:760px){main{grid-template-columns:minmax(0,1fr)}}
    ul{list-style:none;margin:0;padding:0}
    nav li label{display:flex;gap:10px;padding:8px 10px;border-radius:8px;cursor:pointer;align-items:baseline;min-width:0}
    nav li label:hover{background:var(--card)}
    nav li span{min-width:0;overflow-wrap:anywhere}nav small{display:block;color:var(--soft)}
    #shown{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,360px),1fr));gap:18px;align-items:start;min-width:0}
    article,section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:16px;min-width:0}
    #difference{grid-column:1/-1}
    .status{display:inline-block;font-size:.8rem;padding:1px 9px;border-radius:9px;border:1px solid var(--line);color:var(--soft)}
    .status.running{color:var(--accent);border-color:var(--accent)}
    dl{display:grid;grid-template-columns:auto 1fr;gap:2px 14px;margin:10px 0;font-variant-numeric:tabular-nums}dt{color:var(--soft)}dd{margin:0;text-align:right;overflow-wrap:anywhere}
    svg{display:block;width:100%;max-width:560px;height:auto}
    svg text{fill:var(--soft);font:11px system-ui,sans-serif}.axis{stroke:var(--line)}.curve{fill:none;stroke:var(--accent);stroke-width:1.8}.bound{stroke:var(--second);stroke-dasharray:4 3}
    img{display:block;width:100%;border-radius:8px;background:#fff}
    iframe{width:100%;height:min(78vh,760px);border:1px solid var(--line);border-radius:8px;background:var(--page)}
    button,a.file{font:inherit;font-size:.86rem;color:inherit;background:var(--page);border:1px solid var(--line);border-radius:8px;padding:5px 11px;cursor:pointer;text-decoration:none;display:inline-block;margin:0 6px 6px 0}
    :focus-visible{outline:2px solid var(--accent);outline-offset:2px}
    pre{margin:8px 0 0;overflow:auto;max-height:50vh;font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
    pre .a{color:var(--accent)}pre .b{color:var(--second)}
    summary{cursor:pointer;color:var(--soft);font-size:.9rem}
    """

  private static let script = #"""
    "use strict";
    const runs = new Map(), cards = new Map();
    let chosen = [];
    const $ = id => document.getElementById(id);
    const make = (tag, props = {}, ...children) => {
      const element = document.createElement(tag);
      for (const [key, value] of Object.entries(props)) key in element ? element[key] = value : element.setAttribute(key, value);
      element.append(...children);
      return element;
    };
    const short = x => Number.isFinite(x) ? (x === 0 ? "0" : Math.abs(x) >= 1e5 || Math.abs(x) < 1e-3 ? x.toExponential(3) : x.toPrecision(6)) : "–";
    const place = name => "runs/" + name.split("/").map(encodeURIComponent).join("/") + "/";
    function table(run) {
      const names = []; let quoted = false, word = "";
      for (const c of run.header) { if (c === '"') quoted = !quoted; else if (c === "," && !quoted) { names.push(word); word = ""; } else word += c; }
      names.push(word);
      const rows = run.rows.map(line => line.split(",").map(Number));
      return { names, rows };
    }
    function plot(name, points, bound) {
      const W = 420, H = 150, L = 66, R = 8, T = 8, B = 20;
      const good = points.filter(p => Number.isFinite(p[1]));
      const values = good.map(p => p[1]).concat(bound === undefined ? [] : [bound]);
      let low = Math.min(...values), high = Math.max(...values);
      if (!values.length) { low = 0; high = 1; }
      if (high - low < 1e-12 * Math.abs(high) || high === low) { const pad = Math.abs(high) * .05 || 1; low -= pad; high += pad; }
      const first = good.length ? good[0][0] : 0, last = good.length ? Math.max(good[good.length - 1][0], first + 1) : 1;
      const x = k => L + (k - first) / (last - first) * (W - L - R), y = v => T + (high - v) / (high - low) * (H - T - B);
      const ns = "http://www.w3.org/2000/svg", svg = document.createElementNS(ns, "svg");
      svg.setAttribute("viewBox", `0 0 ${W} ${H}`); svg.setAttribute("role", "img");
      svg.setAttribute("aria-label", `${name}: ${good.length} values, the last ${good.length ? short(good[good.length - 1][1]) : "missing"}`);
      const add = (tag, attributes, text) => { const e = document.createElementNS(ns, tag); for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v); if (text !== undefined) e.textContent = text; svg.append(e); };
      add("line", { class: "axis", x1: L, x2: L, y1: T, y2: H - B }); add("line", { class: "axis", x1: L, x2: W - R, y1: H - B, y2: H - B });
      add("text", { x: L - 5, y: T + 9, "text-anchor": "end" }, short(high)); add("text", { x: L - 5, y: H - B, "text-anchor": "end" }, short(low));
      add("text", { x: L, y: H - 5 }, String(first)); add("text", { x: W - R, y: H - 5, "text-anchor": "end" }, String(last));
      if (bound !== undefined) add("line", { class: "bound", x1: L, x2: W - R, y1: y(bound), y2: y(bound) });
      const step = Math.max(1, Math.floor(good.length / 800));
      const line = good.filter((_, k) => k % step === 0 || k === good.length - 1).map(p => `${x(p[0]).toFixed(1)},${y(p[1]).toFixed(1)}`).join(" ");
      add("polyline", { class: "curve", points: line });
      return svg;
    }
    function list() {
      const focused = document.activeElement && document.activeElement.value;
      $("list").replaceChildren(...[...runs.values()].sort((a, b) => a.name < b.name ? -1 : 1).map(run => {
        const box = make("input", { type: "checkbox", value: run.name, checked: chosen.includes(run.name) });
        box.addEventListener("change", () => { chosen = box.checked ? [...chosen, run.name].slice(-2) : chosen.filter(n => n !== run.name); list(); show(); });
        return make("li", {}, make("label", {}, box, make("span", {}, run.title, make("small", {}, `${run.name} · ${run.status} · ${run.rows.length} iterations`))));
      }));
      if (focused) { const again = [...document.querySelectorAll("nav input")].find(i => i.value === focused); if (again) again.focus(); }
    }
    function card(run) {
      let known = cards.get(run.name);
      if (!known) {
        known = { root: make("article", { "aria-label": run.title }), top: make("div"), stage: make("div"), bottom: make("div"), shown: "" };
        known.root.append(known.top, known.stage, known.bottom);
        cards.set(run.name, known);
      }
      const { names, rows } = table(run), last = rows[rows.length - 1] || [];
      const end = names.indexOf("worst_violation"), result = run.result;
      const facts = make("dl");
      const fact = (name, value) => facts.append(make("dt", {}, name), make("dd", {}, value));
      fact(result ? result.objective.name : "objective", rows.length ? `${short(rows[0][1])} → ${short(result ? result.objective.last : last[1])}` : "–");
      names.slice(2, end < 0 ? 2 : end).forEach((name, k) => fact(name, short(last[k + 2])));
      if (end >= 0) fact("worst violation", short(last[end]));
      fact("iterations", String(rows.length));
      if (result) { fact("ended because", result.reason); fact("wall time", `${short(result.wallSeconds)} s`); fact("optimizer", result.optimizer || "–"); fact("solver", result.solver ? result.solver.name : "–"); }
      known.top.replaceChildren(make("h2", {}, run.title), make("span", { className: "status " + run.status }, run.status), facts);
      // What the design looks like: the last picture while it runs, the report with its viewer at the end.
      const report = run.status !== "running" && run.files.includes("report.html");
      const wanted = report ? "report " + JSON.stringify(run.result) : run.live ? "live " + run.live : "nothing";
      if (wanted !== known.shown) {
        known.shown = wanted;
        if (report) known.stage.replaceChildren(make("iframe", { src: place(run.name) + "report.html", title: "Report of " + run.title, loading: "lazy", sandbox: "allow-scripts allow-downloads" }));
        else if (run.live) {
          let picture = known.stage.querySelector("img");
          if (!picture) { picture = make("img", { alt: "The design at hand" }); known.stage.replaceChildren(picture); }
          picture.src = place(run.name) + "live.png?" + encodeURIComponent(run.live);
        } else known.stage.replaceChildren();
      }
      const plots = make("div"), bounds = Object.fromEntries((result ? result.constraints : []).map(c => [c.name, c.bound]));
      if (rows.length) {
        plots.append(make("h3", {}, result ? result.objective.name : "objective"), plot("objective", rows.map(r => [r[0], r[1]])));
        names.slice(2, end < 0 ? 2 : end).forEach((name, k) => plots.append(make("h3", {}, name), plot(name, rows.map(r => [r[0], r[k + 2]]), bounds[name])));
      }
      const open = known.bottom.querySelector("details") && known.bottom.querySelector("details").open;
      known.bottom.replaceChildren(plots, make("h3", {}, "Files"),
        make("div", {}, ...run.files.map(file => make("a", { className: "file", href: place(run.name) + encodeURIComponent(file), download: file }, file))),
        make("details", { open: !!open }, make("summary", {}, "The scene, with its parameters"), make("pre", { tabIndex: 0 }, run.scene)));
      return known.root;
    }
    function differ() {
      const both = chosen.map(name => runs.get(name)).filter(Boolean), box = $("difference");
      box.hidden = both.length < 2;
      if (box.hidden) return;
      const [a, b] = both.map(run => run.scene.split("\n"));
      const inA = new Set(a), inB = new Set(b), pre = box.querySelector("pre");
      const left = a.filter(line => line.trim() && !inB.has(line)), right = b.filter(line => line.trim() && !inA.has(line));
      pre.replaceChildren(...(left.length + right.length ? [] : ["nothing: both runs have the same scene"]),
        ...left.map(line => make("span", { className: "a" }, `${both[0].name}  ${line}\n`)), ...right.map(line => make("span", { className: "b" }, `${both[1].name}  ${line}\n`)));
    }
    function show() {
      const wanted = chosen.map(name => runs.get(name)).filter(Boolean).map(card), host = $("shown");
      for (const child of [...host.children]) if (!wanted.includes(child)) child.remove();
      wanted.forEach((root, k) => { if (host.children[k] !== root) host.insertBefore(root, host.children[k] || null); });
      differ();
    }
    const events = new EventSource("events");
    events.onopen = () => { $("connection").textContent = "live"; };
    events.onerror = () => { $("connection").textContent = "the server is gone; trying again"; };
    events.addEventListener("run", event => {
      const run = JSON.parse(event.data);
      runs.set(run.name, run);
      if (!chosen.length) chosen = [run.name];
      list();
      if (chosen.includes(run.name)) show();
    });
    events.addEventListener("gone", event => { const name = JSON.parse(event.data); runs.delete(name); cards.delete(name); chosen = chosen.filter(n => n !== name); list(); show(); });
    """#
}
