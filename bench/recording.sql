-- One purchase with all that recording writes for it, in one statement of the client: the limit that recording is held against.
-- stamps, events: the share of purchases that bring a stamp and that have an event of their own; answers: whether the answer is kept.
CREATE SEQUENCE bench_key;
INSERT INTO ledger_account (owner, unit, kind) VALUES (0, 'stamp', 'issuer') ON CONFLICT DO NOTHING;
INSERT INTO ledger_account (owner, unit, kind) SELECT id, 'stamp', 'wallet' FROM reward_member ON CONFLICT DO NOTHING;
CREATE FUNCTION bench_record(member bigint, stamps double precision, events double precision, answers double precision) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  today integer := extract(epoch FROM now())::bigint / 86400;
  name text := 'limit-' || nextval('bench_key');
  bought bigint; wallet bigint; contra bigint; lot bigint; posting bigint; happening bigint;
BEGIN
  PERFORM 1 FROM know_customer WHERE id = member FOR NO KEY UPDATE;
  PERFORM 1 FROM reward_member WHERE customer_id = member FOR UPDATE;
  INSERT INTO know_purchase (source, key, digest, kind, customer_id, at, day, amount, returns_key, store, channel, seller,
                             tender, recorded_at)
    VALUES ('limit', name, md5(name), 'sale', member, now(), today, 4500, '', '', '', '', '', now()) RETURNING id INTO bought;
  INSERT INTO know_line (purchase_id, number, product_id, amount)
    SELECT bought, n, product.id, 1500
    FROM (SELECT n, 'P' || floor(random() * 200)::integer AS code FROM generate_series(1, 3) AS n OFFSET 0) AS told
    JOIN know_product AS product USING (code);
  SELECT id INTO wallet FROM ledger_account WHERE owner = member AND unit = 'point' AND kind = 'wallet';
  SELECT id INTO contra FROM ledger_account WHERE owner = 0 AND unit = 'point' AND kind = 'issuer';
  happening := bought * 4;
  INSERT INTO ledger_lot (account_id, activity, granted, "left", earned_day, available_day, expires_day)
    VALUES (wallet, happening, 45, 45, today, today, today + 366) RETURNING id INTO lot;
  INSERT INTO ledger_posting (activity, at, recorded_at, actor, note) VALUES (happening, now(), now(), 'limit', '')
    RETURNING id INTO posting;
  INSERT INTO ledger_entry (posting_id, account_id, contra_id, lot_id, kind, amount, activity, day, reason)
    VALUES (posting, wallet, contra, lot, 'earn', 45, happening, today, 'base');
  IF random() < stamps THEN
    SELECT id INTO wallet FROM ledger_account WHERE owner = member AND unit = 'stamp' AND kind = 'wallet';
    SELECT id INTO contra FROM ledger_account WHERE owner = 0 AND unit = 'stamp' AND kind = 'issuer';
    INSERT INTO ledger_lot (account_id, activity, granted, "left", earned_day, available_day)
      VALUES (wallet, happening, 1, 1, today, today) RETURNING id INTO lot;
    INSERT INTO ledger_entry (posting_id, account_id, contra_id, lot_id, kind, amount, activity, day, reason)
      VALUES (posting, wallet, contra, lot, 'earn', 1, happening, today, 'stamp');
  END IF;
  UPDATE reward_position SET state = state, last_at = now(), last_activity = happening, walked_day = today
    WHERE member_id = (SELECT id FROM reward_member WHERE customer_id = member);
  IF random() < events THEN
    INSERT INTO events_event (kind, at, payload, attempts, error)
      VALUES ('purchases.recorded', now(), json_build_object('first_id', bought, 'last_id', bought, 'count', 1), 0, '');
  END IF;
  IF random() < answers THEN
    INSERT INTO events_answer (source, key, digest, answer, at) VALUES ('limit', name, md5(name), json_build_object(
      'purchase_id', name, 'kind', 'sale', 'customer_id', member, 'amount', '45.00', 'currency', 'USD', 'at', now(), 'member', true,
      'points', json_build_array(json_build_object('unit', 'point', 'amount', 45, 'reasons', json_build_array('1 point for each $1.00'))),
      'balances', json_build_object('point', 45, 'stamp', 1), 'tier', ''), now());
  END IF;
END $$;
