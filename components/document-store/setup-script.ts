/** Where the setup Job finds its files. */
export const SETUP_FILES = { wish: "/etc/document-store-setup", passwords: "/etc/document-store-passwords" } as const;

/**
 * Makes users, gives them the password that they should have, and takes away those of the same databases that nobody asked for.
 * FerretDB knows no roles, so it is told none.
 */
export const SETUP_SCRIPT = `
import json, sys, time
from pymongo import MongoClient
from pymongo.errors import AutoReconnect, OperationFailure

wish = json.load(open("${SETUP_FILES.wish}/wish.json"))
secret = lambda name: open("${SETUP_FILES.passwords}/" + name).read()
client = MongoClient(wish["host"], wish["port"], username=wish["admin"], password=secret(wish["admin"]), authSource="admin",
    tls=True, tlsCAFile="${SETUP_FILES.passwords}/ca.crt", serverSelectionTimeoutMS=5000)
end = time.monotonic() + 120
while True:
    try:
        client["admin"].command("usersInfo", 1)
        break
    except AutoReconnect as error:
        if time.monotonic() > end:
            sys.exit(f"the document store does not answer: {error}")
        print(f"waiting for the document store: {error}", flush=True)
        time.sleep(1)

EXISTS = 51003
for name, users in wish["databases"].items():
    database = client[name]
    for user, file in users.items():
        try:
            database.command("createUser", user, pwd=secret(file), roles=[])
        except OperationFailure as error:
            if error.code != EXISTS:
                raise
            database.command("updateUser", user, pwd=secret(file))
        print(f"user {user} of {name} is as wished", flush=True)
    for found in database.command("usersInfo", 1)["users"]:
        if found["user"] not in users:
            database.command("dropUser", found["user"])
            print(f"user {found['user']} of {name} is gone", flush=True)
`.trim();
