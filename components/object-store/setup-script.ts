/** Where the setup Job finds its files. */
export const SETUP_FILES = { wish: "/etc/object-store-setup", keys: "/etc/object-store-keys" } as const;

/**
 * Makes buckets with their versioning and expiry over S3. Python's standard library alone, so that any image with Python does; the
 * signature is AWS's version 4 (https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html).
 */
export const SETUP_SCRIPT = `
import datetime, hashlib, hmac, http.client, json, ssl, sys, time, urllib.parse

wish = json.load(open("${SETUP_FILES.wish}/wish.json"))
secret = lambda name: open("${SETUP_FILES.keys}/" + name).read()
trust = ssl.create_default_context(cafile="${SETUP_FILES.keys}/ca.crt")
digest = lambda data: hashlib.sha256(data).hexdigest()
mac = lambda key, text: hmac.new(key, text.encode(), hashlib.sha256).digest()

def call(method, path, query="", body=b""):
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    headers = {"host": f"{wish['host']}:{wish['port']}", "x-amz-content-sha256": digest(body), "x-amz-date": now}
    names = ";".join(sorted(headers))
    lines = [method, path, query + "=" if query else "", *(f"{name}:{headers[name]}" for name in sorted(headers)), "", names, digest(body)]
    scope = f"{now[:8]}/{wish['region']}/s3/aws4_request"
    text = "\\n".join(["AWS4-HMAC-SHA256", now, scope, digest("\\n".join(lines).encode())])
    key = ("AWS4" + secret("secretKey")).encode()
    for part in scope.split("/"):
        key = mac(key, part)
    headers["authorization"] = (f"AWS4-HMAC-SHA256 Credential={secret('accessKey')}/{scope}, SignedHeaders={names}, "
        f"Signature={mac(key, text).hex()}")
    connection = http.client.HTTPSConnection(wish["host"], wish["port"], context=trust, timeout=30)
    try:
        connection.request(method, path + ("?" + query if query else ""), body, headers)
        response = connection.getresponse()
        return response.status, response.read().decode(errors="replace")
    finally:
        connection.close()

def needed(method, path, query="", body="", also=()):
    end = time.monotonic() + 120
    while True:
        try:
            status, text = call(method, path, query, body.encode())
        except OSError as error:
            status, text = 503, str(error)
        if status < 300 or status in also:
            return
        if status < 500 or time.monotonic() > end:
            sys.exit(f"{method} {path}?{query}: {status} {text}")
        print(f"{method} {path}: {status} {text}", flush=True)
        time.sleep(1)

for name, bucket in wish["buckets"].items():
    needed("PUT", "/" + name, also=(409,))  # 409: it is there
    status = "Enabled" if bucket["versioning"] else "Suspended"
    if bucket["versioning"] or "<Status>" in call("GET", "/" + name, "versioning")[1]:
        needed("PUT", "/" + name, "versioning", f"<VersioningConfiguration><Status>{status}</Status></VersioningConfiguration>")
    if bucket["expiryDays"] is None:
        needed("DELETE", "/" + name, "lifecycle", also=(404,))
    else:
        needed("PUT", "/" + name, "lifecycle", "<LifecycleConfiguration><Rule><ID>expiry</ID><Status>Enabled</Status><Filter><Prefix></Prefix>"
            f"</Filter><Expiration><Days>{bucket['expiryDays']}</Days></Expiration></Rule></LifecycleConfiguration>")
    print("bucket " + name + " is as wished", flush=True)
`.trim();
