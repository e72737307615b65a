import ts from 'typescript';

/** The texts of the templates with the tag `sentence` (src/sentences/sentence.ts), with `{0}` for the first value. */
export function sentencesIn(contents) {
  const found = [];
  const visit = (node) => {
    if (ts.isTaggedTemplateExpression(node) && node.tag.getText() === 'sentence')
      found.push(textOf(node.template));
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('source.ts', contents, ts.ScriptTarget.Latest, true));
  return found;
}

function textOf(template) {
  if (ts.isNoSubstitutionTemplateLiteral(template)) return template.text;
  return template.templateSpans.reduce(
    (text, { literal }, i) => `${text}{${i}}${literal.text}`,
    template.head.text,
  );
}
