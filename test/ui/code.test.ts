// Code that was captured: scripts and styles laid out without touching a token, HTML written anew without what acts.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the strings are scripts, and their templates are meant as they stand
import t from 'tap'
import { parseAst } from 'vite'
import { harmless } from '../../src/ui/viewers/harmless-html.ts'
import { listCss, readCss } from '../../src/ui/viewers/list-css.ts'
import { listScript } from '../../src/ui/viewers/list-script.ts'
import { readScript } from '../../src/ui/viewers/script-tokens.ts'
import { fc } from '../support/property.ts'

/** A syntax tree without the places in it. */
const bare = (tree: unknown): unknown => {
  if (Array.isArray(tree)) return tree.map(bare)
  if (typeof tree !== 'object' || tree === null) return String(tree)
  return Object.fromEntries(
    Object.entries(tree)
      .filter(([name]) => name !== 'start' && name !== 'end')
      .map(([name, value]) => [name, bare(value)]),
  )
}
const tokensOf = (source: string) => readScript(source).tokens.map(({ kind, text }) => `${kind} ${text}`)

t.test('a script is laid out by white space alone: the same tokens, the same program', async (t) => {
  const certain = [
    'var a=1,b="x;{}y",c=/[/;{]\\/+/g;function f(a,b){return a/b/2}if(a)/x/.test(b)&&f();',
    "const t=`a${b?`{${c}`:'}'} /x/`+`\\``;let r=a=>({...a,x:1}),s=(({a})=>{a++})",
    'for(let i=0;i<10;i++){x[i]=i/2;/* c */y--\nz++}// end',
    'switch(a){case 1:b();break;default:c()}do{d()}while(e)/f/.exec(g)',
    'class A extends B{#p=1;static x;get y(){return this.#p??.5}async*z(){yield*a;await b}}',
    'a\n++b\nreturn_\n/x/1',
    'if(a){b}else{c}\n/x/.test(d)',
    'label:{break label}x=1..toString()+1.e3+.5+0xffn;y=a?.5:b?.c',
    'a=`one\n  two ${x}\nthree`;b={t:`\n`,u:[1,{v:2},[3]]}',
    'try{a()}catch{b()}finally{c()}new(class{x=/}/})',
    'var x={"a":function(){return{b:1}},c(){}},y=[{},{a:1},[]],z=function(){}()',
  ]
  for (const source of certain) {
    const laid = listScript(source)
    t.equal(laid.problem, undefined, source)
    t.same(tokensOf(laid.text), tokensOf(source))
    if (!source.includes('return_')) t.same(bare(parseAst(laid.text)), bare(parseAst(source)), 'the same program')
  }
  t.equal(
    listScript('function f(a){if(a){return{b:1}}else{g(a,2)}}').text,
    'function f(a) {\n  if (a) {\n    return { b:1 }\n  }\n  else { g(a, 2) }\n}'.replace('b:1', 'b: 1'),
  )
  for (const unsure of ["a = <b>it's</b>", 'x = "never ends', 'class A{}/x/g', '<!-- a', '`${a', 'a = \u0000 b']) {
    const laid = listScript(unsure)
    t.match(laid.problem, { message: /Not laid out/ }, unsure)
    t.equal(laid.text, unsure, 'and stays as it is')
  }
})

t.test('any mixture of tokens survives being laid out', async (t) => {
  const piece = fc.constantFrom(
    ...'a|b.c|1|.5|"s;}"|\'{\'|`t${u}`|`l\n m`|/r{;/g|{|}|(|)|[|]|;|,|=>|=|+|++|-|/|?|:|?.|if(|for(;;)|return|else|//c\n|/*d*/|\n|function f()|x={'.split(
      '|',
    ),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), fc.constantFrom('', ' ', '\n'), (pieces, glue) => {
      const source = pieces.join(glue)
      const laid = listScript(source)
      if (laid.problem) return laid.text === source
      return tokensOf(laid.text).join('\0') === tokensOf(source).join('\0')
    }),
    { numRuns: 3000 },
  )
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...'a|.b|#c|:|;|{|}|(|)|,| |\n|"x;{"|/*y*/|url(z;)|@media|\\}|!'.split('|')), {
        maxLength: 40,
      }),
      (pieces) => {
        const source = pieces.join('')
        const laid = listCss(source)
        if (laid.problem) return laid.text === source
        const solid = (css: string) =>
          readCss(css)
            .tokens.filter((token) => !/^\s/.test(token))
            .join('\0')
        return solid(laid.text) === solid(source)
      },
    ),
    { numRuns: 3000 },
  )
  t.equal(listCss('a,b>c{color:red;background:url(x;y)}@media(a){d{e:f}}').text.split('\n').length, 9)
})

t.test('captured HTML keeps its look and loses what acts, however it is written', async (t) => {
  const kept = [
    '<p class="a" style="color: red">x &amp; y</p>',
    '<style>p > a { color: red; content: "\\201c" }</style>',
    '<img alt="a" src="data:image/png;base64,AA==">',
    '<a href="#part">part</a>',
    '<b>1 on = 2</b>',
  ]
  for (const html of kept) t.equal(harmless(html), html)
  t.equal(harmless('a < b <p>'), 'a &lt; b <p>')
  t.equal(harmless('<!DOCTYPE html><p>x'), '<!doctype html><p>x')
  const gone = [
    '<script>1</script>',
    '<ScRiPt/x>1</script >',
    '<link rel=preconnect href=//x>',
    '<LINK\nrel="preconnect" href="//x">',
    '<svg><style><p><link href=//x></style></svg>',
    '<!--><link href=//x>-->',
    '<math><annotation-xml><link href=//x>',
    '<img src=//x srcset="data:image/png,x, //x 2x">',
    '<img/src="//x"onerror=1>',
    '<a href=//x ping=//x target=_blank>',
    '<a href="java\tscript:1">',
    '<form action=//x>',
    '<body onload=1>',
    '<p style="background:url(//x)">',
    '<p style=\'background:url("//x"\'>',
    '<style>@import "//x"; a { background: URL( "//x" ) } b { c: url(//x',
    '<iframe srcdoc="<link href=//x>">',
    '<textarea><link href=//x></textarea>',
    '<plaintext><link href=//x>',
    '<a title="',
  ]
  for (const html of gone) {
    const made = harmless(html)
    t.notMatch(made, /<(?:script|link|meta|iframe)/i, html)
    t.notMatch(
      made.replace(/(?:&lt;|\\3c )link href=\/\/x>/, ''),
      /\/\/x|\son\w|srcset|script:/i,
      `${html} becomes ${made}`,
    )
  }
  t.equal(harmless(harmless('<p title="a<b">x</p>')), '<p title="a<b">x</p>')
})

t.test('hostile HTML is written anew in time in proportion to its size', async (t) => {
  for (const piece of [
    '<',
    '<a ',
    '<a b="',
    '<style>',
    'url(',
    '<p style="url(',
    '<!--',
    '</',
    '<script>',
    '@import ',
    '<a =',
    "<a b='",
  ]) {
    const begun = process.cpuUsage().user
    harmless(`<style>${piece.repeat(200_000)}`)
    harmless(piece.repeat(200_000))
    // Processor time in µs: a busy machine makes the clock on the wall say anything.
    t.ok(process.cpuUsage().user - begun < 3_000_000, piece)
  }
})
