import assert from "node:assert/strict";
import { main as backup } from "../../scripts/commands/backup";
import { main as bench } from "../../scripts/commands/bench";
import { main as dags } from "../../scripts/commands/dags";
import { main as images } from "../../scripts/commands/images";
import { main as login } from "../../scripts/commands/login";
import { main as open } from "../../scripts/commands/open";
import { main as preview } from "../../scripts/commands/preview";
import { main as realm } from "../../scripts/commands/realm";
import { main as restore } from "../../scripts/commands/restore";
import { main as test } from "../../scripts/commands/test";
import { main as python } from "../../scripts/commands/test-python";

const commands = { backup, bench, dags, images, login, open, preview, realm, restore, test, "test-python": python };

const wrong: [keyof typeof commands, string[], RegExp][] = [
  ["backup", ["now", "nosuch"], /no database "nosuch"; there are: .*warehouse/],
  ["backup", ["now", ""], /no database ""/],
  ["bench", [""], /no bench ""; there are: start/],
  ["dags", ["push", "flights"], /push takes no DAG/],
  ["dags", ["push", "--folder", "/nonexistent"], /no folder "\/nonexistent"/],
  ["dags", ["push", "--folder", __filename], /no folder/],
  ["dags", ["push", "--folder", ""], /no folder ""/],
  ["dags", ["push", "--bundle", "nosuch"], /no bundle "nosuch"; there are: platform/],
  ["dags", ["run", ""], /the name of a DAG is empty/],
  ["dags", ["run", "--once", "", "flights"], /--once is empty/],
  ["images", ["build", "mysql"], /no image "mysql"; there are: .*kafka/],
  ["login", [""], /the name is empty/],
  ["open", ["nosuch"], /no address for "nosuch"; there are: .*airflow/],
  ["preview", [""], /no stack ""; there are: .*dev/],
  ["realm", ["renew", "nosuch"], /no person "nosuch"; there are: ada/],
  ["restore", ["nosuch"], /no database "nosuch"/],
  ["restore", ["--yes", "nosuch"], /no database "nosuch"; there are: .*warehouse/],
  ["restore", ["--yes", "--anew", "warehouse"], /--anew is for all databases/],
  ["test", [""], /no stage ""; there are: tools/],
  ["test-python", ["toString"], /no part "toString"; there are: checks/],
];

describe("a name that there is not", () => {
  const real = console.error;
  afterEach(() => {
    console.error = real;
  });
  for (const [name, argv, message] of wrong)
    it(`is refused by scripts/${name} ${argv.map((word) => word || '""').join(" ")}, before any program is asked`, async () => {
      const printed: string[] = [];
      console.error = (text) => printed.push(text);
      assert.equal(await commands[name](argv), 2);
      assert.match(printed.join("\n"), message);
    });
});
