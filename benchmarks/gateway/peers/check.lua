-- The checks of a signed call inside nginx, for the strongest peer: LuaJIT over OpenSSL by FFI.
-- It does what our gateway does before it asks upstream: every parameter received is read, a name with
-- two values is refused, then time, app, both signatures over what the protocol has signed, addresses,
-- token, scope and limit. nginx writes the line of its access log, buffered; no release is written.
local ffi = require "ffi"
ffi.cdef[[
typedef struct evp_md_st EVP_MD;
const EVP_MD *EVP_sha256(void);
unsigned char *HMAC(const EVP_MD *md, const void *key, int key_size, const unsigned char *text,
  size_t size, unsigned char *out, unsigned int *out_size);
]]
local crypto = ffi.load("crypto")
local sha256, mark, size = crypto.EVP_sha256(), ffi.new("unsigned char[32]"), ffi.new("unsigned int[1]")
local signed = { "access_token", "appkey", "method", "nonce", "param", "signMethod", "timestamp", "version" }
local needed = { "appkey", "method", "timestamp", "signMethod", "sign" }
local methods = { MD5 = true, HMAC_SHA256 = true }
local apps, tokens
local gate = {}

local function read(path)
  local file = io.open(path)
  local text = file:read("*a")
  file:close()
  return text
end

function gate.load(folder)
  local data = require("cjson").decode(read(folder .. "/data.json"))
  gate.item, gate.orders = read(folder .. "/item.json"), read(folder .. "/orders.json")
  apps, tokens = data.apps, data.tokens
  for _, app in pairs(apps) do
    app.left, app.last, app.rate, app.burst = 1e6, 0, 1e6, 1e6
    local admitted = {}
    for _, address in ipairs(app.networks) do admitted[address] = true end
    app.admitted = admitted
  end
  for _, token in pairs(tokens) do
    local held = {}
    for _, name in ipairs(token.scopes) do held[name] = true end
    token.held = held
  end
end

local function no(code)
  ngx.header["Content-Type"] = "application/json"
  ngx.print('{"result":', code, ',"code":"', code, '"}')
  return ngx.exit(200)
end

local function sign(params, secret)
  local parts, count = {}, 0
  for _, name in ipairs(signed) do
    local value = params[name]
    if value then count = count + 1; parts[count] = name .. "=" .. value end
  end
  local text = table.concat(parts, "&") .. "&signSecret=" .. secret
  if params.signMethod == "MD5" then return ngx.md5(text) end
  crypto.HMAC(sha256, secret, #secret, text, #text, mark, size)
  return ngx.encode_base64(ffi.string(mark, 32))
end

function gate.check()
  local params = ngx.req.get_uri_args(64)
  for _, value in pairs(params) do
    if type(value) == "table" then return no(12) end
  end
  for _, name in ipairs(needed) do
    if not params[name] then return no(12) end
  end
  if not methods[params.signMethod] then return no(12) end
  local now = ngx.now()
  if math.abs(now * 1000 - (tonumber(params.timestamp) or 0)) > 600000 then return no(13) end
  local app = apps[params.appkey]
  if not app then return no(27) end
  if sign(params, app.secret) ~= params.sign then return no(27) end
  if not app.admitted[ngx.var.remote_addr .. "/32"] then return no(10) end
  local token = tokens[params.access_token or ""]
  if not token or token.app ~= params.appkey then return no(24) end
  if not token.held[params.method] then return no(28) end
  app.left = math.min(app.burst, app.left + (now - app.last) * app.rate)
  app.last = now
  if app.left < 1 then return no(1016) end
  app.left = app.left - 1
  ngx.req.set_header("X-Seller", tostring(token.seller))
  ngx.req.set_header("X-App", params.appkey)
end

return gate
