// Attempts of a key: a sorted set by time, of `id|amount|currency|card`; the failed of them: another, of ids. What an attempt was noted
// under is kept by its id: that it is there shows that it was noted before.

/** KEYS: attempt, card, then each key and its failed. ARGV: id, at, amount, currency, card, most, windows…; answers known, then four numbers a window, key by key. */
export const noteScript = `
  local id, at, currency, most = ARGV[1], tonumber(ARGV[2]), ARGV[4], tonumber(ARGV[6])
  local windows, longest = {}, 0
  for i = 7, #ARGV do
    windows[#windows + 1] = tonumber(ARGV[i])
    longest = math.max(longest, tonumber(ARGV[i]))
  end
  local noted = redis.call('HGET', KEYS[1], 'at')
  if noted then at = tonumber(noted) else
    local names = {}
    for i = 3, #KEYS, 2 do
      redis.call('ZADD', KEYS[i], at, id .. '|' .. ARGV[3] .. '|' .. currency .. '|' .. ARGV[5])
      redis.call('ZREMRANGEBYSCORE', KEYS[i], '-inf', at - longest)
      redis.call('ZREMRANGEBYRANK', KEYS[i], 0, -(most + 1))
      redis.call('PEXPIRE', KEYS[i], longest)
      names[#names + 1] = KEYS[i + 1]
    end
    redis.call('HSET', KEYS[1], 'at', ARGV[2], 'failed', cjson.encode(names), 'card', ARGV[5] == '' and '' or KEYS[2])
    redis.call('PEXPIRE', KEYS[1], longest)
  end
  local answer = { ARGV[5] ~= '' and redis.call('EXISTS', KEYS[2]) or 0 }
  for i = 3, #KEYS, 2 do
    local sums = {}
    for w = 1, #windows do sums[w] = { 0, 0, 0, {}, 0 } end
    local seen = redis.call('ZRANGEBYSCORE', KEYS[i], '(' .. string.format('%d', at - longest), '+inf', 'WITHSCORES')
    for n = 1, #seen, 2 do
      local amount, paid, card = string.match(seen[n], '^[^|]*|(%d+)|(%a+)|(.*)$')
      local score = tonumber(seen[n + 1])
      for w = 1, #windows do
        if score > at - windows[w] then
          local sum = sums[w]
          sum[1] = sum[1] + 1
          if paid == currency then sum[3] = sum[3] + tonumber(amount) end
          if card ~= '' and not sum[4][card] then
            sum[4][card] = true
            sum[5] = sum[5] + 1
          end
        end
      end
    end
    for w = 1, #windows do
      local failed = redis.call('ZCOUNT', KEYS[i + 1], '(' .. string.format('%d', at - windows[w]), '+inf')
      for _, number in ipairs({ sums[w][1], failed, sums[w][3], sums[w][5] }) do answer[#answer + 1] = string.format('%.0f', number) end
    end
  end
  return answer`;

/** KEYS: attempts. ARGV: how long failures are kept, how many of them, how long cards are, then id and `1` for failed of each attempt. */
export const endedScript = `
  for i = 1, #KEYS do
    local at, failed, card = unpack(redis.call('HMGET', KEYS[i], 'at', 'failed', 'card'))
    local id, lost = ARGV[2 + 2 * i], ARGV[3 + 2 * i] == '1'
    if at then
      for _, name in ipairs(cjson.decode(failed)) do
        if lost then
          redis.call('ZADD', name, at, id)
          redis.call('ZREMRANGEBYSCORE', name, '-inf', tonumber(at) - tonumber(ARGV[1]))
          redis.call('ZREMRANGEBYRANK', name, 0, -(tonumber(ARGV[2]) + 1))
          redis.call('PEXPIRE', name, ARGV[1])
        else redis.call('ZREM', name, id) end
      end
      if not lost and card ~= '' then redis.call('SET', card, '1', 'PX', ARGV[3]) end
    end
  end
  return 0`;
