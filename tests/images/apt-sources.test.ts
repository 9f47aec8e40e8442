import assert from "node:assert/strict";
import { sourcesFor } from "../../offline/images/apt-sources";

const DEB822 = `# kept by hand
Types: deb deb-src
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
# a date
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main
`;

describe("apt sources of a base", () => {
  it("follow deb822 files", () => {
    assert.deepEqual(sourcesFor("trixie", "bookworm", [DEB822]), {
      mirror: "http://mirror.example/debian",
      list:
        "deb http://mirror.example/debian trixie main\ndeb http://mirror.example/debian trixie-updates main\n" +
        "deb http://mirror.example/debian-security trixie-security main\n",
    });
  });

  it("follow one-line files, with options, comments and blanks", () => {
    const text =
      "# deb http://no.example/debian bookworm main\n deb [arch=amd64 signed-by=/k] http://a.example/d  bookworm main non-free\n";
    assert.deepEqual(sourcesFor("trixie", "bookworm", [text]), {
      mirror: "http://a.example/d",
      list: "deb http://a.example/d trixie main\n",
    });
  });

  it("leave out third parties, other suites, sources alone and what is switched off", () => {
    const others = [
      "deb http://sdk.example/apt sdk-bookworm main\n",
      "deb http://b.example/debian bookworm-backports main\n",
      "deb-src http://b.example/debian bookworm main\n",
      "deb http://b.example/debian bookworm contrib\n",
      "Types: deb\nURIs: http://off.example/debian\nSuites: bookworm\nComponents: main\nEnabled: no\n",
    ];
    assert.equal(sourcesFor("trixie", "bookworm", others), undefined);
    assert.equal(sourcesFor("trixie", "bookworm", [...others, DEB822])?.mirror, "http://mirror.example/debian");
  });

  it("say nothing of a machine without any", () => {
    assert.equal(sourcesFor("trixie", "noble", [DEB822]), undefined);
    assert.equal(sourcesFor("trixie", "bookworm", []), undefined);
  });
});
