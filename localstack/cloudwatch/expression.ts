/** A value of metric math for one span of time; undefined where there is none. */
type Value = number | undefined

/** Thrown for an expression that has more than numbers, lines, operators, IF and FILL. */
export class UnsupportedExpression extends Error {
  override readonly name = 'UnsupportedExpression'
}

const operators = [
  ['OR', '||'],
  ['AND', '&&'],
  ['>=', '<=', '>', '<', '==', '!='],
  ['+', '-'],
  ['*', '/'],
] as const

/** The value of an expression of metric math, with the values of the lines that it names. */
export function evaluate(expression: string, lines: ReadonlyMap<string, Value>): Value {
  const tokens = expression.match(/\d+(?:\.\d+)?|[A-Za-z_]\w*|>=|<=|==|!=|&&|\|\||[-+*/()<>,]|\S/g) ?? []
  let at = 0
  const unsupported = () =>
    new UnsupportedExpression(`${expression}: ${tokens[at] ?? 'its end'} is not supported here.`)
  const take = (token: string): void => {
    if (tokens[at] !== token) throw unsupported()
    at += 1
  }

  function level(depth: number): Value {
    const here: readonly string[] | undefined = operators[depth]
    if (here === undefined) return operand()
    let left = level(depth + 1)
    for (let operator = tokens[at]; operator !== undefined && here.includes(operator); operator = tokens[at]) {
      at += 1
      left = applied(operator, left, level(depth + 1))
    }
    return left
  }

  function operand(): Value {
    const token = tokens[at] ?? ''
    if (/^\d/.test(token)) {
      at += 1
      return Number(token)
    }
    if (token === '(') {
      at += 1
      const value = level(0)
      take(')')
      return value
    }
    if (token === 'IF' || token === 'FILL') {
      at += 1
      const [first, second, third] = list()
      if (token === 'FILL') return first ?? second
      return first === undefined ? undefined : first === 0 ? third : second
    }
    if (!lines.has(token)) throw unsupported()
    at += 1
    return lines.get(token)
  }

  function list(): Value[] {
    take('(')
    const values = [level(0)]
    while (tokens[at] === ',') {
      at += 1
      values.push(level(0))
    }
    take(')')
    return values
  }

  const value = level(0)
  if (at < tokens.length) throw unsupported()
  return value
}

function applied(operator: string, left: Value, right: Value): Value {
  if (left === undefined || right === undefined) return undefined
  switch (operator) {
    case '+':
      return left + right
    case '-':
      return left - right
    case '*':
      return left * right
    case '/':
      return right === 0 ? undefined : left / right
    case '>=':
      return Number(left >= right)
    case '<=':
      return Number(left <= right)
    case '>':
      return Number(left > right)
    case '<':
      return Number(left < right)
    case '==':
      return Number(left === right)
    case '!=':
      return Number(left !== right)
    case 'AND':
    case '&&':
      return Number(left !== 0 && right !== 0)
    default:
      return Number(left !== 0 || right !== 0)
  }
}
