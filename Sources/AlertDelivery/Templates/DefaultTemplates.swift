/// The templates that hold where a folder has none of its own.
enum DefaultTemplates {
  static let text = """
    {{heading}}
    {{#intro}}
    {{intro}}
    {{/intro}}
    {{#hasTurnedCritical}}
    Turned critical {{when}}: {{list}}.
    {{/hasTurnedCritical}}
    {{#hasTrends}}

    Trends
    {{#trends}}
    {{arrow}} {{line}}
    {{/trends}}
    {{/hasTrends}}
    {{#isDigest}}

    Most at risk
    {{/isDigest}}
    {{#alerts}}
    * {{line}} ({{news}})
    {{#accurate}}
      accurate: {{accurate}}
      wrong: {{wrong}}
    {{/accurate}}
    {{/alerts}}
    {{#more}}
    {{more}}
    {{/more}}
    {{#standing}}
    {{standing}}
    {{/standing}}
    {{#reports}}

    {{title}}
    {{#lines}}
    * {{.}}
    {{/lines}}
    {{/reports}}
    {{#hasResolved}}
    {{#resolvedTitle}}

    {{resolvedTitle}}
    {{/resolvedTitle}}
    {{#resolved}}
    * {{line}}
    {{/resolved}}
    {{/hasResolved}}
    {{#hasHandedOn}}

    Handed on
    {{#handedOn}}
    * {{line}}
    {{/handedOn}}
    {{/hasHandedOn}}

    {{footer}}
    """

  static let slack = """
    {{#intro}}
    {{intro}}
    {{/intro}}
    {{#hasTurnedCritical}}
    *Turned critical {{when}}:* {{list}}.
    {{/hasTurnedCritical}}
    {{#hasTrends}}
    *Trends*
    {{#trends}}
    {{arrow}} {{line}}
    {{/trends}}
    {{/hasTrends}}
    {{#isDigest}}
    *Most at risk*
    {{/isDigest}}
    {{#alerts}}
    • {{#lead}}*{{lead}}*{{/lead}}{{story}} _{{news}}_{{#accurate}} <{{accurate}}|accurate> · <{{wrong}}|wrong>{{/accurate}}
    {{/alerts}}
    {{#more}}
    _{{more}}_
    {{/more}}
    {{#standing}}
    _{{standing}}_
    {{/standing}}
    {{#reports}}
    *{{title}}*
    {{#lines}}
    • {{.}}
    {{/lines}}
    {{/reports}}
    {{#hasResolved}}
    {{#resolvedTitle}}
    *{{resolvedTitle}}*
    {{/resolvedTitle}}
    {{#resolved}}
    • {{line}}
    {{/resolved}}
    {{/hasResolved}}
    {{#hasHandedOn}}
    *Handed on*
    {{#handedOn}}
    • {{line}}
    {{/handedOn}}
    {{/hasHandedOn}}
    """

  /// Tables and inline styles only: mail clients know little else. Bars are cells with a width.
  static let html = """
    <!DOCTYPE html>
    <html lang="en"><head><meta charset="utf-8"><title>{{subject}}</title></head>
    <body style="margin:0;padding:24px;background:#f4f5f7;font-family:Helvetica,Arial,sans-serif;color:#1d2433">
    <table role="presentation" width="640" align="center" cellpadding="0" cellspacing="0" \
    style="background:#ffffff;border:1px solid #e1e4ea"><tr><td style="padding:24px">
    <h1 style="margin:0 0 8px;font-size:20px">{{heading}}</h1>
    {{#intro}}<p style="margin:0 0 16px;font-size:15px;color:#4a5568">{{intro}}</p>{{/intro}}
    {{#hasTurnedCritical}}<p style="margin:0 0 16px;padding:10px 12px;font-size:14px;line-height:20px;background:#fef3f2;\
    border-left:4px solid #b42318"><b>Turned critical {{when}}:</b> {{list}}.</p>{{/hasTurnedCritical}}
    {{#hasTrends}}<h2 style="font-size:16px;margin:20px 0 8px">Trends</h2>
    {{#trends}}<p style="font-size:14px;line-height:20px;margin:0 0 8px">{{arrow}} {{line}}</p>{{/trends}}{{/hasTrends}}
    {{#isDigest}}<h2 style="font-size:16px;margin:20px 0 8px">Most at risk</h2>{{/isDigest}}
    {{#alerts}}
    <table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="margin:0 0 14px">
    <tr><td style="font-size:14px;line-height:21px">{{#lead}}<b>{{lead}}</b>{{/lead}}{{story}} \
    <span style="color:#7a8599">{{news}}</span>
    {{#accurate}}<span style="font-size:12px"><a href="{{accurate}}" style="color:#2b6cb0">accurate</a> · \
    <a href="{{wrong}}" style="color:#2b6cb0">wrong</a></span>{{/accurate}}</td></tr>
    <tr><td style="padding-top:4px"><table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr>
    <td width="{{bar}}%" style="background:{{color}};height:6px;font-size:0">&nbsp;</td>
    <td style="background:#eceef2;height:6px;font-size:0">&nbsp;</td></tr></table></td></tr></table>
    {{/alerts}}
    {{#more}}<p style="font-size:14px;color:#4a5568">{{more}}</p>{{/more}}
    {{#standing}}<p style="font-size:14px;color:#4a5568">{{standing}}</p>{{/standing}}
    {{#reports}}<h2 style="font-size:16px;margin:20px 0 8px">{{title}}</h2>
    {{#lines}}<p style="font-size:14px;line-height:20px;margin:0 0 8px">{{.}}</p>
    {{/lines}}{{/reports}}
    {{#hasResolved}}{{#resolvedTitle}}<h2 style="font-size:16px;margin:20px 0 8px">{{resolvedTitle}}</h2>{{/resolvedTitle}}
    {{#resolved}}<p style="font-size:14px;line-height:20px;margin:0 0 8px">{{line}}</p>{{/resolved}}{{/hasResolved}}
    {{#hasHandedOn}}<h2 style="font-size:16px;margin:20px 0 8px">Handed on</h2>
    {{#handedOn}}<p style="font-size:14px;line-height:20px;margin:0 0 8px">{{line}}</p>{{/handedOn}}{{/hasHandedOn}}
    <p style="margin:24px 0 0;font-size:12px;color:#7a8599">{{footer}}</p>
    </td></tr></table></body></html>
    """
}
