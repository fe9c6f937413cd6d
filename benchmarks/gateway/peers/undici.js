// A gateway of Node's http server and undici, the strongest we know of from npm. FOLDER names the
// folder with data.json, the port is the argument. The same work as check.lua, with a
// buffered log; it writes no release. undici is found through NODE_PATH.
const http = require('node:http')
const { createHash, createHmac, randomUUID, timingSafeEqual } = require('node:crypto')
const { createWriteStream, readFileSync } = require('node:fs')
const { Pool } = require('undici')

const SIGNED = ['access_token', 'appkey', 'method', 'nonce', 'param', 'signMethod', 'timestamp', 'version']
const NEEDED = ['appkey', 'method', 'timestamp', 'signMethod', 'sign']
const METHODS = new Set(['MD5', 'HMAC_SHA256'])
const RATE = 1e6
const LOG_OCTETS = 64 * 1024
const { apps, tokens } = JSON.parse(readFileSync(`${process.env.FOLDER}/data.json`))
for (const app of Object.values(apps)) Object.assign(app, { left: RATE, last: 0, networks: new Set(app.networks) })
for (const token of Object.values(tokens)) token.scopes = new Set(token.scopes)
const upstream = new Pool('http://127.0.0.1:9000', { connections: 64 })

function sign (params, secret) {
  let text = ''
  for (const name of SIGNED) {
    const value = params.get(name)
    if (value !== null) text += `${name}=${value}&`
  }
  text += `signSecret=${secret}`
  if (params.get('signMethod') === 'MD5') return createHash('md5').update(text).digest('hex')
  return createHmac('sha256', secret).update(text).digest('base64')
}

function same (a, b) {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
}

// A line of a call that was answered; lines go to the file 64 kB at a time.
const file = createWriteStream(`${process.env.FOLDER}/undici.log`)
let lines = ''
function log (params, client, result, begun, octets) {
  lines += JSON.stringify({ request: randomUUID(), at: Date.now(), app: params.get('appkey'),
    api: params.get('method'), client, result, seconds: (performance.now() - begun) / 1000, octets }) + '\n'
  if (lines.length > LOG_OCTETS) { file.write(lines); lines = '' }
}

// Returns 0 and the seller, or the number of the protocol's refusal.
function check (params, client) {
  if (new Set(params.keys()).size !== params.size) return [12]
  if (!NEEDED.every(name => params.get(name))) return [12]
  if (!METHODS.has(params.get('signMethod'))) return [12]
  const now = Date.now()
  if (Math.abs(now - Number(params.get('timestamp'))) > 600000) return [13]
  const app = apps[params.get('appkey')]
  if (!app || !same(sign(params, app.secret), params.get('sign'))) return [27]
  if (!app.networks.has(`${client}/32`)) return [10]
  const token = tokens[params.get('access_token')]
  if (!token || token.app !== params.get('appkey')) return [24]
  if (!token.scopes.has(params.get('method'))) return [28]
  app.left = Math.min(RATE, app.left + (now - app.last) * RATE / 1000) - 1
  app.last = now
  return app.left >= 0 ? [0, String(token.seller)] : [1016]
}

http.createServer((request, response) => {
  const begun = performance.now()
  const client = request.socket.remoteAddress
  const at = request.url.indexOf('?')
  const params = new URLSearchParams(at < 0 ? '' : request.url.slice(at + 1))
  const [result, seller] = check(params, client)
  response.setHeader('content-type', 'application/json')
  if (result) {
    log(params, client, result, begun, 0)
    return response.end(`{"result":${result},"code":"${result}"}`)
  }
  const headers = { 'x-seller': seller, 'x-app': params.get('appkey') }
  upstream.request({ path: `/api/${params.get('method')}`, method: 'POST', headers })
    .then(answer => answer.body.arrayBuffer())
    .then(body => {
      log(params, client, result, begun, body.byteLength)
      response.end(Buffer.from(body))
    }, () => { response.statusCode = 502; response.end() })
}).listen(Number(process.argv[2]), '127.0.0.1')
