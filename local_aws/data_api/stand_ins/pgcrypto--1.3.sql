-- pgcrypto as far as SQL goes: PostgreSQL from PyPI is built without OpenSSL, which the real one needs.

CREATE FUNCTION gen_random_bytes(count integer) RETURNS bytea LANGUAGE sql VOLATILE STRICT PARALLEL SAFE AS '
  SELECT pg_catalog.substr(pg_catalog.string_agg(pg_catalog.sha256(pg_catalog.uuid_send(pg_catalog.gen_random_uuid())
    || pg_catalog.uuid_send(pg_catalog.gen_random_uuid())), ''''::bytea), 1, count)
  FROM pg_catalog.generate_series(0, count / 32)';

CREATE FUNCTION gen_random_uuid() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE AS
  'SELECT pg_catalog.gen_random_uuid()';

CREATE FUNCTION digest(data bytea, type text) RETURNS bytea LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS '
BEGIN
  CASE pg_catalog.lower(type)
    WHEN ''md5'' THEN RETURN pg_catalog.decode(pg_catalog.md5(data), ''hex'');
    WHEN ''sha224'' THEN RETURN pg_catalog.sha224(data);
    WHEN ''sha256'' THEN RETURN pg_catalog.sha256(data);
    WHEN ''sha384'' THEN RETURN pg_catalog.sha384(data);
    WHEN ''sha512'' THEN RETURN pg_catalog.sha512(data);
    ELSE RAISE EXCEPTION ''Cannot use "%": No such hash algorithm'', type USING ERRCODE = ''22023'',
      HINT = ''The pgcrypto of local AWS knows md5, sha224, sha256, sha384 and sha512.'';
  END CASE;
END';

CREATE FUNCTION digest(data text, type text) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
  'SELECT @extschema@.digest(pg_catalog.convert_to(data, ''UTF8''), type)';

CREATE FUNCTION hmac(data bytea, key bytea, type text) RETURNS bytea LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS '
DECLARE
  block integer := CASE WHEN pg_catalog.lower(type) IN (''sha384'', ''sha512'') THEN 128 ELSE 64 END;
  padded bytea := CASE WHEN pg_catalog.length(key) > block THEN @extschema@.digest(key, type) ELSE key END;
  inner_key bytea;
  outer_key bytea;
BEGIN
  padded := padded || pg_catalog.decode(pg_catalog.repeat(''00'', block - pg_catalog.length(padded)), ''hex'');
  inner_key := padded;
  outer_key := padded;
  FOR place IN 0 .. block - 1 LOOP
    inner_key := pg_catalog.set_byte(inner_key, place, pg_catalog.get_byte(padded, place) # 54);
    outer_key := pg_catalog.set_byte(outer_key, place, pg_catalog.get_byte(padded, place) # 92);
  END LOOP;
  RETURN @extschema@.digest(outer_key || @extschema@.digest(inner_key || data, type), type);
END';

CREATE FUNCTION hmac(data text, key text, type text) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS '
  SELECT @extschema@.hmac(pg_catalog.convert_to(data, ''UTF8''), pg_catalog.convert_to(key, ''UTF8''), type)';
