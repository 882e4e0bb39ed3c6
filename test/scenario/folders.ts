import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** The fixture that most tests here change in one place. */
export const counterFolder = fileURLToPath(new URL('../../fixtures/scenarios/counter', import.meta.url));

/** A folder of these texts, removed after the test. */
export function folderOf(texts: Readonly<Record<string, string>>): string {
	const folder = mkdtempSync(join(tmpdir(), 'mmstep-'));
	onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
	for (const [path, text] of Object.entries(texts)) {
		mkdirSync(dirname(join(folder, path)), { recursive: true });
		writeFileSync(join(folder, path), text);
	}
	return folder;
}

/** The smallest sound scenario.yaml, with `extra` lines at its end. */
export function document(extra = ''): string {
	return `title: A test
files: [model.c]
machine: { cpus: 2 }
kernels: [{ id: base }, { id: other, config: { CONFIG_OTHER: y } }]
programs: [{ id: main, cpus: [{ entry: cpu0 }, { entry: cpu1 }] }]
${extra}`;
}

export const model = 'int x;\nvoid cpu0(void)\n{\n\tx = 1;\n}\nvoid cpu1(void)\n{\n\tx = 2;\n}\n';
