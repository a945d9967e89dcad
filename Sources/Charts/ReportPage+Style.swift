extension ReportPage {
  /// Colours are chosen so that text has a contrast of at least 4.5 and marks of at least 3 to the page, in light and in
  /// dark (WCAG 2.2, 1.4.3 and 1.4.11).
  static let style = """
    :root{color-scheme:light dark;\(light)}
    @media (prefers-color-scheme:dark){:root{\(dark)}}
    *{box-sizing:border-box}
    body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.5 system-ui,sans-serif;overflow-wrap:break-word}
    main{max-width:47rem;margin:0 auto;padding:1.5rem 1rem 4rem}
    h1{font-size:1.75rem;line-height:1.2;margin:0}h2{font-size:1.25rem;line-height:1.3;margin:2.75rem 0 .25rem}
    p{margin:.25rem 0 .75rem}ul{margin:.25rem 0 .75rem;padding-left:1.2rem}li{margin:.3rem 0}
    .subtitle{color:var(--soft)}
    nav{columns:14rem;column-gap:1.5rem;font-size:.95rem;margin-top:2rem;padding:.75rem 1rem;background:var(--card);
    border:1px solid var(--grid);border-radius:.5rem}nav a{display:block;padding:.15rem 0}a{color:var(--c0)}
    .figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.6rem;margin:1rem 0}
    .figures div{background:var(--card);border:1px solid var(--grid);border-radius:.5rem;padding:.5rem .75rem}
    dt{color:var(--soft);font-size:.85rem}dd{margin:0;font-size:1.2rem;font-variant-numeric:tabular-nums}
    figure{margin:1.25rem 0}figcaption{font-weight:600;font-size:.9rem;margin-bottom:.35rem}
    .panels{display:grid;grid-template-columns:repeat(auto-fit,minmax(17rem,1fr));gap:0 1.5rem}.panels figure{margin:.6rem 0}
    .lacking{background:var(--card);border-left:3px solid var(--soft);padding:.5rem .75rem}
    svg{display:block;width:100%;height:auto;overflow:visible}.narrow{display:none}
    @media (max-width:40rem){.wide{display:none}.narrow{display:block}.figures{grid-template-columns:1fr 1fr}}
    .scroll{overflow-x:auto;margin:.75rem 0 1.25rem}
    table{border-collapse:collapse;font-size:.85rem;font-variant-numeric:tabular-nums}
    caption{text-align:left;font-weight:600;font-size:.9rem;padding-bottom:.25rem}
    th,td{text-align:right;vertical-align:top;padding:.3rem 0 .3rem .9rem;border-bottom:1px solid var(--grid)}
    th:first-child{text-align:left;padding-left:0}tbody th{font-weight:400}.blocks td{white-space:nowrap}
    .dense{font-size:.75rem}.dense th,.dense td{padding-left:.6rem}.dense th:first-child{padding-left:0}
    @media screen and (max-width:40rem){.blocks thead{display:none}
    .blocks,.blocks tbody,.blocks caption{display:block}
    .blocks tr{display:grid;grid-template-columns:repeat(3,1fr);gap:.3rem .75rem;padding:.6rem 0;border-bottom:1px solid var(--grid)}
    .blocks th,.blocks td{border:0;padding:0;text-align:left;white-space:normal}.blocks th{grid-column:1/-1;font-weight:600}
    .blocks td::before{content:attr(data-head);display:block;color:var(--soft);font-size:.75rem}
    .dense{width:100%;font-size:.65rem}.dense th,.dense td{padding-left:.2rem}}
    .label{font:12px system-ui,sans-serif;fill:var(--ink)}.small{font:10px system-ui,sans-serif;fill:var(--soft)}
    .soft{fill:var(--soft)}.small.ink{fill:var(--ink)}.part{font-style:italic}
    .over{paint-order:stroke;stroke:var(--bg);stroke-width:4px}
    .grid{stroke:var(--grid)}.reference{stroke:var(--c1);stroke-dasharray:4 3;stroke-width:1.5}.volume{fill:var(--grid)}
    .line{fill:none;stroke-width:2}.line:not(.reference){stroke:currentColor}
    .whisker{stroke:currentColor;stroke-width:1.5}.whisker.ink{color:var(--ink)}.leader{stroke:var(--soft);stroke-width:.75}
    .dot,.fill{fill:currentColor}.band{fill:currentColor;fill-opacity:.15}.span{fill:currentColor;fill-opacity:.35}
    .s0{color:var(--c0)}.s1{color:var(--c1)}.s2{color:var(--c2)}.s3{color:var(--c3)}.s4{color:var(--c4)}.s5{color:var(--c5)}
    @media print{:root{color-scheme:light;\(light)--ink:#000;--soft:#333;--grid:#bbb;--card:#fff}
    @page{margin:1.5cm}body{font-size:11pt}main{max-width:none;padding:0}nav{display:none}
    .wide{display:block}.narrow{display:none}h2,section>p,figcaption{break-after:avoid}.volume{fill-opacity:.6}figure,p,tr,li,.figures{break-inside:avoid}
    svg{max-width:17cm}.scroll{overflow:visible;break-inside:avoid}table{font-size:8.5pt}.dense{font-size:7.5pt}
    .plain td,.blocks td{padding-left:.5rem}thead{display:table-header-group}caption,thead{break-after:avoid}}
    """

  private static let light = """
    --bg:#fff;--ink:#1b1f24;--soft:#57606a;--grid:#d8dee4;--card:#f6f8fa;
    --c0:#0b62a8;--c1:#c2500a;--c2:#0a7d5a;--c3:#a33f84;--c4:#7a6400;--c5:#4b5563;
    """

  private static let dark = """
    --bg:#0f141a;--ink:#e6edf3;--soft:#9da7b1;--grid:#2d353e;--card:#171d25;
    --c0:#6cb4ee;--c1:#f2a365;--c2:#5fd3a7;--c3:#e29ccb;--c4:#dcc45f;--c5:#aab4bf;
    """
}
