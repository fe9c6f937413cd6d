-- Sends the calls of the file CALLS in turn and counts the answers that are not what was wanted.
local paths, at = {}, 0
for line in io.lines(os.getenv("CALLS")) do paths[#paths + 1] = line end
local wanted = os.getenv("WANTED") or '"result":1,'
bad = 0
local threads = {}
function setup(thread) threads[#threads + 1] = thread end
function request()
  at = at % #paths + 1
  return wrk.format("GET", paths[at])
end
function response(status, headers, body)
  if not string.find(body, wanted, 1, true) then bad = bad + 1 end
end
function done(summary, latency)
  local wrong = 0
  for _, thread in ipairs(threads) do wrong = wrong + thread:get("bad") end
  print(string.format("RESULT %d %d %d %d %d", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), wrong))
end
