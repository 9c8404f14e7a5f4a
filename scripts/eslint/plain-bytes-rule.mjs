// An ESLint rule: `slice` and `subarray` of bytes are banned. On a Buffer both are views, on a Uint8Array one is a
// copy, and a Buffer passes for a Uint8Array: the helpers of protocols/kit/bytes say which is meant.

const INSTEAD = new Map([
  ['slice', 'copyOf(bytes, start, end)'],
  ['subarray', 'viewOf(bytes, start, end)'],
]);
const BYTES = new Set(['Uint8Array', 'Buffer']);

export const plainBytesRule = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      ambiguous: '{{method}} of bytes is a copy or a view by chance: write {{instead}} of protocols/kit/bytes',
    },
  },
  create(context) {
    const services = context.sourceCode.parserServices;
    return {
      'CallExpression > MemberExpression.callee'(node) {
        const instead = INSTEAD.get(node.property.name);
        if (instead === undefined || !isBytes(services.getTypeAtLocation(node.object))) return;
        context.report({ node, messageId: 'ambiguous', data: { method: node.property.name, instead } });
      },
    };
  },
};

function isBytes(type) {
  return (type.isUnion() ? type.types : [type]).some(({ symbol }) => symbol !== undefined && BYTES.has(symbol.name));
}
