// Run by build.sh: puts the JSON schema of policies into the package.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PACKAGE_ROOT } from '../../paths.js';
import { policyJsonSchema } from '../schema.js';

const file = join(PACKAGE_ROOT, 'service/policy/gen/policy.schema.json');
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, `${JSON.stringify(policyJsonSchema(), undefined, '\t')}\n`);
