/**
 * Results of reading and compiling in files, one each, so that what was checked or stepped through yesterday starts faster today
 * (scenario/kept-results.ts). Nothing depends on them: a file that is missing, cut off or from another build is as good as none,
 * a folder that cannot be written is left alone, and all of it can be deleted at any time.
 */

import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { KeptResults } from '../scenario/kept-results.ts';

/** What the folder may hold; whoever wants to keep more loses what was written first. */
export interface Room {
	readonly files: number;
	readonly bytes: number;
}

const usualRoom: Room = { files: 150, bytes: 50_000_000 };

const ending = '.kept';

/** SHA-256 of what a file goes on with, and of who wrote it. */
const sumLength = 32;

/**
 * Results in the files of a folder, which is made when there is something to keep.
 * @param writer names the build of mmstep and the engine: another one compiles differently, or writes data in another way
 */
export function keptFiles(folder: string, writer: string, room: Room = usualRoom): KeptResults {
	const sumOf = (data: Uint8Array): Uint8Array => createHash('sha256').update(`${writer}\n`).update(data).digest();
	return {
		read: (name) => {
			try {
				const bytes = readFileSync(join(folder, name + ending));
				const data = bytes.subarray(sumLength);
				return sumOf(data).every((byte, index) => byte === bytes[index]) ? deserialize(data) : undefined;
			} catch {
				return undefined;
			}
		},
		write: (name, value) => {
			const temporary = join(folder, `${name}.${process.pid}.part`);
			try {
				const data = serialize(value);
				const bytes = Buffer.concat([sumOf(data), data]);
				if (bytes.length > room.bytes) return;
				mkdirSync(folder, { recursive: true });
				makeRoom(folder, { files: room.files - 1, bytes: room.bytes - bytes.length });
				writeFileSync(temporary, bytes);
				// Whoever reads at this moment finds the old file or the new one.
				renameSync(temporary, join(folder, name + ending));
			} catch {
				remove(temporary);
			}
		},
	};
}

/** Removes what was written first until there is room, and what somebody began to write and never finished. */
function makeRoom(folder: string, room: Room): void {
	const files = readdirSync(folder).flatMap((name) => {
		const path = join(folder, name);
		const status = statSync(path, { throwIfNoEntry: false });
		return status?.isFile() === true ? [{ path, bytes: status.size, written: status.mtimeMs }] : [];
	});
	let count = 0;
	let bytes = 0;
	for (const file of files.toSorted((a, b) => b.written - a.written)) {
		count++;
		bytes += file.bytes;
		if (count > room.files || bytes > room.bytes) remove(file.path);
	}
}

function remove(path: string): void {
	try {
		rmSync(path, { force: true });
	} catch {
		// Somebody else's, or gone.
	}
}
