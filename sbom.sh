#!/usr/bin/env bash
# Prints the bill of materials of what runs (CycloneDX, JSON): npm's packages, and the library that the addon is linked with.
set -euo pipefail
cd "$(dirname "$0")"

# As the addon was built with it.
version="$(echo '#include <bpf/libbpf_version.h>' | g++ -E -dM -x c++ - |
	awk '$2 == "LIBBPF_MAJOR_VERSION" { major = $3 } $2 == "LIBBPF_MINOR_VERSION" { minor = $3 } END { print major "." minor }')"
# Not by --omit=dev, which leaves out also what runs where something that builds needs it too.
npm sbom --sbom-format=cyclonedx --sbom-type=application |
	LIBBPF="$version" node -e '
		const { readFileSync } = require("node:fs");
		const bill = JSON.parse(readFileSync(0, "utf8"));
		const builds = ({ properties = [] }) =>
			properties.some(({ name, value }) => name === "cdx:npm:package:development" && value === "true");
		bill.components = bill.components.filter((component) => !builds(component));
		const kept = new Set([bill.metadata.component, ...bill.components].map((component) => component["bom-ref"]));
		bill.dependencies = bill.dependencies
			.filter(({ ref }) => kept.has(ref))
			.map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((other) => kept.has(other)) }));
		const version = process.env.LIBBPF;
		const licenses = [{ expression: "LGPL-2.1-only OR BSD-2-Clause" }];
		const purl = `pkg:generic/libbpf@${version}`;
		bill.components.push({ type: "library", name: "libbpf", version, "bom-ref": purl, purl, licenses });
		process.stdout.write(`${JSON.stringify(bill, undefined, "\t")}\n`);
	'
