/** Sequential C that means the same in model C: `long test(void)` of each. Values stay below 2^53. */
export const snippets: Readonly<Record<string, string>> = {
	'integer promotion': `
long test(void)
{
	u8 a = 200, b = 100;
	s16 c = -3;
	u16 d = 65535;
	u8 e = a + b;
	return (a + b) * 1000000L + e * 1000 + (c < d) * 10 + (~a == -201) + (d + 1 == 65536) * 2 + (-a == -200) * 4;
}`,
	'wrap around': `
long test(void)
{
	int a = 2147483647;
	unsigned int b = 0;
	u8 c = 0;
	s8 d = 127;
	long sum = 0;
	a += 1;
	b -= 1;
	c--;
	d++;
	sum = a;
	sum += b;
	return sum * 1000 + c + d;
}`,
	shifts: `
long test(void)
{
	int a = -17;
	unsigned int b = 0x80000001;
	unsigned long c = 1;
	u8 d = 0x81;
	return (a >> 2) + (b >> 31) * 10 + (b << 1) * 100 + (c << 40) + (d << 4) * 3 + (a << 3);
}`,
	'mixed signedness': `
long test(void)
{
	int minus = -1;
	unsigned int one = 1;
	unsigned long big = 1;
	long lminus = -1;
	u8 small = 255;
	s8 sminus = -1;
	return (minus < one) + (minus < big) * 2 + (lminus < one) * 4 + (lminus < big) * 8 + (sminus == small) * 16 +
	       (sminus < small) * 32 + (minus == 4294967295u) * 64 + (lminus == 4294967295u) * 128 + ((minus > 0u) << 8);
}`,
	'division and remainder': `
long test(void)
{
	int a = -7;
	unsigned int b = 4294967289u;
	unsigned long c = -7;
	return a / 2 * 1000000 + a % 2 * 100000 + b / 2 + b % 10 + (c % 10) * 7 + -a / -2 + 7 % -4;
}`,
	'bit operations': `
long test(void)
{
	unsigned int a = 0xf0f0f0f0, b = 0x12345678;
	long c = -1234567, d = 0x1fffffffff;
	s16 e = -2;
	return (a & b) + (a | b) - (a ^ b) + (~a) + (c & d) + (c | 255) + (e ^ a) + (d & ~0xffL) + ((d ^ c) & 0xffff);
}`,
	'switch with fallthrough': `
int pick(int value)
{
	int result = 0;
	switch (value) {
	case 1:
		result += 1;
	case 2:
	case 3:
		result += 10;
		break;
	default:
		result += 1000;
		/* fall through */
	case -4: {
		result += 100;
		break;
	}
	}
	return result;
}
long test(void)
{
	long sum = 0;
	for (int i = -5; i < 6; i++)
		sum = sum * 3 + pick(i);
	return sum;
}`,
	goto: `
long test(void)
{
	int tries = 0, sum = 0;
again:
	tries++;
	if (tries == 3)
		goto skip;
	sum += tries;
skip:
	if (tries < 6)
		goto again;
	for (;;) {
		while (1) {
			if (sum++ > 30)
				goto out;
		}
	}
out:
	return sum * 10 + tries;
}`,
	'short circuit': `
int calls;
int yes(void) { calls++; return 1; }
int no(void) { calls += 100; return 0; }
long test(void)
{
	int a = yes() || no();
	int b = no() && yes();
	int c = (no() || yes()) && !(yes() && no());
	int d = !no() ? yes() : no();
	if (yes() && (no() || !yes()))
		a += 50;
	while (no() || yes()) {
		if (calls > 1500 || !yes())
			break;
	}
	return calls * 100 + a + b * 2 + c * 4 + d * 8;
}`,
	'struct copies': `
struct inner { int a, b[2]; };
struct outer { struct inner first; struct inner *link; long tail; };
struct outer global = { .first = { 1, { 2, 3 } }, .tail = 9 };
long test(void)
{
	struct outer one = global, two = { { 4 }, .tail = 5 };
	struct inner copy;
	one.link = &two.first;
	copy = *one.link;
	two.first = one.first;
	one.first.b[1] = 77;
	return copy.a * 1000 + copy.b[0] * 100 + two.first.b[1] * 10 + one.link->a + one.tail * 10000 + global.first.b[1];
}`,
	arrays: `
int table[3][4] = { { 1, 2 }, [2] = { [1] = 5, 6 } };
struct row { u8 cells[4]; } rows[2];
int list[] = { 3, 1, 2 };
long test(void)
{
	long sum = 0;
	int local[4] = { 1, 2 };
	for (int i = 0; i < 3; i++)
		for (int j = 0; j < 4; j++) {
			table[i][j] += i * j;
			sum = sum * 2 + table[i][j];
		}
	rows[1].cells[list[0]] = 300;
	local[list[1]] += local[0]--;
	return sum * 1000 + rows[1].cells[3] + local[0] + local[1] + local[3] + sizeof(list) / sizeof(list[0]);
}`,
	'do-while, continue and break': `
long test(void)
{
	int i = 0, sum = 0;
	do {
		if (i % 3 == 0)
			continue;
		if (i == 8)
			break;
		sum += i;
	} while (i++ < 10);
	for (i = 0; i < 10; i++) {
		if (i & 1)
			continue;
		switch (i) {
		case 4:
			continue;
		case 8:
			break;
		}
		sum = sum * 2 + i;
	}
	do
		sum++;
	while (0);
	return sum * 100 + i;
}`,
	'conditional operator': `
long test(void)
{
	int a = -1;
	unsigned int b = 7;
	long sum = 0;
	sum += (1 ? a : b);
	sum += (b ? a : 2L) * 10;
	sum += a > 0 ? 100 : a < -5 ? 200 : b == 7 ? 300 : 400;
	sum += (a ? b : 0) ? 1000 : 2000;
	return sum;
}`,
	'compound assignment and increment': `
long test(void)
{
	u8 a = 250;
	int b = 5, c;
	long d = 100;
	c = a++ + ++b;
	a += 10;
	b *= -3;
	d -= b--;
	d <<= 3;
	d |= 1;
	d ^= 0xff;
	d %= 97;
	a >>= 1;
	b /= 4;
	c = b = c + 1;
	return a * 1000000L + b * 10000 + c * 100 + d;
}`,
	enums: `
enum color { RED, GREEN = 5, BLUE, LAST = BLUE + 10 };
enum sign { MINUS = -1, PLUS = 1 };
long test(void)
{
	enum color c = BLUE;
	enum sign s = MINUS;
	int seen[LAST] = { [GREEN] = 3 };
	c++;
	return c * 100 + (s < 0) + (c > -1) * 2 + seen[5] * 10 + LAST * 10000 + (RED - 1 < 0) * 4;
}`,
	'conversion to bool': `
struct thing { bool set; };
bool low(int x) { return x & 0xf0; }
long test(void)
{
	struct thing thing = { 0 }, *p = &thing, *q = NULL;
	bool a = 256, b = p, c = q;
	int d = !!48 + !0;
	p->set = 0x100;
	p->set += 1;
	return a + b * 2 + c * 4 + low(0xff) * 8 + low(15) * 16 + d * 32 + p->set * 1000 + (!p) * 5;
}`,
	macros: `
#define SQUARE(x) ((x) * (x))
#define max(a, b) ({ typeof(a) _a = (a); typeof(b) _b = (b); _a > _b ? _a : _b; })
#define swap(a, b) do { typeof(a) __t = (a); (a) = (b); (b) = __t; } while (0)
#define for_each(i, n) for (int i = 0; i < (n); i++)
#define IS_ON 1
#if IS_ON && !defined(OFF)
#define LIMIT 6
#else
#define LIMIT 3
#endif
long test(void)
{
	int a = 3, b = 8;
	long sum = 0;
	swap(a, b);
	for_each(i, LIMIT)
		sum += SQUARE(i + 1) + max(i, max(a - i * 3, 2));
	if (IS_ON && a > b)
		sum += max(sum, 4L) * 1000;
	return sum + a * 10 + b;
}`,
	'pointers to fields and functions': `
struct list { struct list *next; int value; };
struct ops { int (*apply)(int, struct list *); };
struct list third = { NULL, 30 }, second = { &third, 20 }, first = { &second, 10 };
int add(int sum, struct list *node) { return sum + node->value; }
int scale(int sum, struct list *node) { node->value++; return sum * 2 + node->value; }
struct ops table[2] = { { add }, { .apply = &scale } };
int *slot(struct list *node) { return &node->value; }
void set(int *where, int what) { *where = what; }
long test(void)
{
	long sum = 0;
	int local = 1;
	struct list **link = &first.next;
	set(&local, 5);
	for (int round = 0; round < 2; round++)
		for (struct list *node = &first; node; node = node->next)
			sum = table[round].apply(sum, node);
	*slot(&second) += local;
	*link = (*link)->next;
	return sum * 10000 + second.value * 100 + first.next->value + (first.next == &third) + (*table[0].apply)(1, &first);
}`,
	recursion: `
int depth;
int ackermann(int m, int n)
{
	depth++;
	if (m == 0)
		return n + 1;
	return n == 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1));
}
long test(void)
{
	return ackermann(2, 3) * 1000 + depth;
}`,
	'locals in loops': `
long test(void)
{
	long sum = 0;
	for (int i = 0; i < 4; i++) {
		int cells[3] = { i };
		struct { int a, b; } pair = { .b = i };
		cells[2] += cells[1] + 1;
		pair.a += pair.b;
		sum = sum * 7 + cells[0] + cells[1] + cells[2] + pair.a;
		long *p = &sum;
		*p += 1;
	}
	return sum;
}`,
};
