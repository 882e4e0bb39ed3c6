/**
 * Painted blocks that bypass Ink's own drawing. Ink looks at every character of a frame several times, which for a whole
 * screen takes ten times as long as everything else together. So it is given one mark for each block: it decides where the block
 * goes, and the block's cells are put there afterwards.
 */

/** Marks are private-use characters, which no text of ours or a stranger's can hold (see text/styled). */
const firstMark = 0xe000;
const maxCanvases = 256;

export interface Canvas {
	readonly width: number;
	/** Painted lines; what they lack in width is blank. */
	readonly lines: readonly string[];
}

export class CanvasBoard {
	readonly #canvases: (Canvas | undefined)[] = [];
	#next = 0;

	/** A place for a block, until `release`. Returns its mark. */
	claim(): string {
		for (let tried = 0; tried < maxCanvases; tried++) {
			const index = (this.#next + tried) % maxCanvases;
			if (this.#canvases[index] !== undefined) continue;
			this.#canvases[index] = { width: 0, lines: [] };
			this.#next = index + 1;
			return String.fromCharCode(firstMark + index);
		}
		throw new RangeError(`more than ${maxCanvases} blocks on one screen`);
	}

	set(mark: string, canvas: Canvas): void {
		this.#canvases[mark.charCodeAt(0) - firstMark] = canvas;
	}

	release(mark: string): void {
		this.#canvases[mark.charCodeAt(0) - firstMark] = undefined;
	}

	/** The block of a mark, or null when the text is none. */
	at(text: string): Canvas | null {
		return this.#canvases[text.charCodeAt(0) - firstMark] ?? null;
	}
}

/** Whether a line may hold marks. */
export function hasMark(line: string): boolean {
	for (let index = 0; index < line.length; index++) {
		const code = line.charCodeAt(index);
		if (code >= firstMark && code < firstMark + maxCanvases) return true;
	}
	return false;
}
