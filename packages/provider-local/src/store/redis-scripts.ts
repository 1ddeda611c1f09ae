import { createHash } from 'node:crypto';

/** A Lua script: Redis runs it as one atomic step. */
export interface RedisScript {
  readonly text: string;
  readonly sha1: string;
}

type RedisStep =
  | 'read'
  | 'listByAlias'
  | 'write'
  | 'consume'
  | 'insertIfAbsent'
  | 'replace'
  | 'remove'
  | 'removeGrant';

// A record is a hash: `payload`, `written`, and where they apply `expires`, `consumed`, `grant` and `alias`. A grant and an alias
// are sorted sets: names of records by their expiry. ARGV[1] is the time. The prefix is what KEYS[1] has before its name, since a
// client may put something before our own.
const shared = `
local prefix, now = string.sub(KEYS[1], 1, -44), tonumber(ARGV[1])
local function live(key)
  local r = redis.call('HMGET', key, 'payload', 'expires', 'consumed', 'written')
  if r[1] and (not r[2] or tonumber(r[2]) > now) then return r end
end
local function unlink(key, name)
  local r = redis.call('HMGET', key, 'grant', 'alias')
  for i = 1, 2 do if r[i] then redis.call('ZREM', prefix .. r[i], name) end end
end
local function expire(key, at, longer)
  -- Later than it counts as absent: clocks differ, and of a replay marker the slower one must still find it.
  if at == 'inf' then redis.call('PERSIST', key)
  else redis.call('PEXPIRE', key, string.format('%.0f', (math.max(0, tonumber(at) - now) + longer) * 1000)) end
end
local function link(index, name, at)
  local key = prefix .. index
  -- What is expired for a clock five minutes ahead may be live for the others: it must still be found when its grant ends.
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - 300)
  redis.call('ZADD', key, at, name)
  expire(key, redis.call('ZREVRANGE', key, 0, 0, 'WITHSCORES')[2], 300)
end
local function put(key, name, payload, at, grant, alias)
  local time = redis.call('TIME')
  -- Where memory is short Redis refuses this, but only as the first change of a script: then nothing has changed.
  redis.call('HSET', key, 'payload', payload, 'written', string.format('%d%06d', time[1], time[2]))
  unlink(key, name)
  redis.call('HDEL', key, 'expires', 'grant', 'alias')
  if at ~= 'inf' then redis.call('HSET', key, 'expires', at) end
  if grant ~= '' then redis.call('HSET', key, 'grant', grant) link(grant, name, at) end
  if alias ~= '' then redis.call('HSET', key, 'alias', alias) link(alias, name, at) end
  expire(key, at, 60)
end
`;

/** The steps of the store. In each, KEYS[1] is the record or the index that it begins with. */
export const redisScripts: Readonly<Record<RedisStep, RedisScript>> = {
  read: script(`
local r = live(KEYS[1])
return r and { r[1], r[3] }`),

  // ARGV: the limit.
  listByAlias: script(`
local found, youngest = {}, {}
for _, name in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  local r = live(prefix .. name)
  if r then found[#found + 1] = r end
end
table.sort(found, function(a, b) return a[4] > b[4] end)
for i = 1, math.min(#found, tonumber(ARGV[2])) do youngest[i] = { found[i][1], found[i][3] } end
return youngest`),

  // ARGV: name, payload, expiry, grant, alias. `consumed` is not among what is replaced: a used record stays used.
  write: script(`put(KEYS[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6])`),

  consume: script(`
local r = live(KEYS[1])
if not r or r[3] then return 0 end
redis.call('HSET', KEYS[1], 'consumed', ARGV[1])
return 1`),

  // ARGV: name, payload, expiry.
  insertIfAbsent: script(`
if live(KEYS[1]) then return 0 end
put(KEYS[1], ARGV[2], ARGV[3], ARGV[4], '', '')
redis.call('HDEL', KEYS[1], 'consumed')
return 1`),

  // ARGV: the expected payload, the new one.
  replace: script(`
local r = live(KEYS[1])
if not r or r[1] ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], 'payload', ARGV[3])
return 1`),

  // ARGV: name.
  remove: script(`
unlink(KEYS[1], ARGV[2])
redis.call('DEL', KEYS[1])`),

  removeGrant: script(`
for _, name in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  local alias = redis.call('HGET', prefix .. name, 'alias')
  if alias then redis.call('ZREM', prefix .. alias, name) end
  redis.call('DEL', prefix .. name)
end
redis.call('DEL', KEYS[1])`),
};

function script(body: string): RedisScript {
  const text = shared + body;
  return { text, sha1: createHash('sha1').update(text).digest('hex') };
}
