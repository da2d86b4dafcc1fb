/// The looks of the report page.
enum ReportStyle {
  static let source = """
    :root{--page:#f6f8fa;--card:#fff;--ink:#17212b;--soft:#55636f;--line:#dde3e8;--accent:#0b63a5;--stage:#fff}
    @media(prefers-color-scheme:dark){:root{--page:#0e141a;--card:#151d25;--ink:#e6edf3;--soft:#9aa7b4;--line:#27313b;--accent:#6db7f2;--stage:#10171e}}
    *{box-sizing:border-box}
    html{-webkit-text-size-adjust:100%}
    body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
    header,main,footer{max-width:1080px;margin:0 auto;padding:0 clamp(14px,3vw,32px)}
    header{padding-top:clamp(18px,4vw,40px);padding-bottom:6px}
    h1{font-size:clamp(1.4rem,1.05rem + 1.9vw,2.2rem);line-height:1.2;margin:0;letter-spacing:-.01em;overflow-wrap:anywhere}
    header p{margin:.35em 0 0;color:var(--soft);overflow-wrap:anywhere}
    h2{font-size:1.02rem;margin:0 0 12px;display:inline-block}
    main{display:grid;gap:18px;padding-top:14px;padding-bottom:24px}
    section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:clamp(14px,2.2vw,22px);min-width:0}
    .viewer{padding:0;overflow:hidden}
    .stage{position:relative;background:var(--stage)}
    .stage .still{display:block;width:100%;max-height:72vh;object-fit:contain}
    canvas{display:block;width:100%;height:clamp(280px,min(62vh,88vw),640px);cursor:grab;touch-action:none}
    .planar canvas{height:auto;aspect-ratio:var(--aspect);min-height:200px;max-height:66vh}
    canvas:active{cursor:grabbing}
    canvas[hidden]{display:none}
    :focus-visible{outline:2px solid var(--accent);outline-offset:-2px}
    .legend{position:absolute;left:14px;bottom:12px;display:flex;gap:8px;align-items:center;font-size:.8rem;font-variant-numeric:tabular-nums;background:color-mix(in srgb,var(--card) 82%,transparent);padding:3px 9px;border-radius:8px;max-width:calc(100% - 28px)}
    .legend[hidden]{display:none}
    .legend i{width:clamp(70px,22vw,170px);height:10px;border-radius:5px}
    .controls{display:flex;flex-wrap:wrap;gap:10px 22px;align-items:center;padding:12px clamp(14px,2.2vw,22px);border-top:1px solid var(--line)}
    .controls[hidden]{display:none}
    .controls label{display:flex;gap:8px;align-items:center;font-size:.92rem;min-width:0}
    .controls output{min-width:4.5em;white-space:nowrap;color:var(--soft);font-variant-numeric:tabular-nums}
    input[type=range]{accent-color:var(--accent);width:min(180px,38vw);min-height:28px}
    select,button{font:inherit;font-size:.92rem;color:inherit;background:var(--page);border:1px solid var(--line);border-radius:8px;padding:6px 12px;min-height:36px;max-width:100%}
    button{cursor:pointer}button:hover{border-color:var(--accent)}
    .hint{margin:0;padding:0 clamp(14px,2.2vw,22px) 12px;color:var(--soft);font-size:.82rem}
    dl{margin:0}dd{margin:0;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}dt{color:var(--soft);font-size:.84rem}
    .cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(130px,1fr));gap:14px 20px}
    .cards dd{font-size:1.12rem;font-weight:600}
    .rows div{display:flex;justify-content:space-between;gap:16px;padding:6px 0;border-top:1px solid var(--line)}
    .rows div:first-child{border-top:0}.rows dd{text-align:right}
    .pictures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,380px),1fr));gap:18px;align-items:start}
    figure{margin:0;min-width:0}figure .still{display:block;width:100%;height:auto;max-height:80vh;object-fit:contain;border-radius:8px;background:#fff}
    figure .drawing{background:none}
    figcaption{color:var(--soft);font-size:.86rem;margin-top:6px}
    .plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,340px),1fr));gap:10px 26px}.plots svg{display:block;width:100%;max-width:560px;height:auto;margin:0 auto}
    svg{max-width:100%}
    summary{cursor:pointer}summary h2{margin:0}details[open] summary{margin-bottom:10px}
    pre{margin:0;overflow:auto;max-height:60vh;font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;tab-size:2}
    footer{color:var(--soft);font-size:.82rem;padding-bottom:28px}
    @media print{body{background:#fff}.controls,.hint{display:none}section{break-inside:avoid}pre{max-height:none;white-space:pre-wrap}}
    """
}
