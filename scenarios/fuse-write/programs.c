/*
 * Who writes, who maps, who serves. Files F and G have three pages each; all are cached and none is uptodate, unless a program
 * says otherwise. Nobody has a PTE.
 */
#include <linux/fuse_write.h>

struct inode F, G;

static struct mm_struct mm_writer, mm_other, mm_server;
/* The writer's sources; another process's; the server's mapping of F. */
static struct vm_area_struct map_of_F = { .mm = &mm_writer, .file = &F };
static struct vm_area_struct map_of_G = { .mm = &mm_writer, .file = &G };
static struct vm_area_struct anonymous = { .mm = &mm_writer };
static struct vm_area_struct other_map_of_F = { .mm = &mm_other, .file = &F };
static struct vm_area_struct servers_map_of_F = { .mm = &mm_server, .file = &F };

#ifdef CONFIG_TAIL_PARTIAL
#define TAIL_PARTIAL	true
#else
#define TAIL_PARTIAL	false
#endif

#ifndef CONFIG_SERVER_CPU
#define CONFIG_SERVER_CPU	1
#endif

/* Clients are those who write. */
static void start_with(int clients)
{
	fuse_server_cpu = CONFIG_SERVER_CPU;
	fuse_clients = clients;
}

void start_one(void)
{
	start_with(1);
}

void start_two(void)
{
	start_with(2);
}

/* F.p1 and F.p2 are dirty, so they are uptodate. */
void start_dirty(void)
{
	int i;

	start_with(1);
	for (i = 1; i < FUSE_FILE_PAGES; i++) {
		F.page[i].uptodate = true;
		F.page[i].has_rest = true;
		F.page[i].dirty = true;
	}
}

/* The same, and the writer's source has its PTEs already. */
void start_dirty_mapped(void)
{
	start_dirty();
	anonymous.pte[0] = true;
	anonymous.pte[1] = true;
}

/* Vivek Goyal's reproducer: p1 and p2 of F from a map of p0 and p1. */
void write_from_own_file(void)
{
	fuse_perform_write(&F, 1, &map_of_F, 0, 2, TAIL_PARTIAL);
	fuse_client_exits();
}

void write_F_from_G(void)
{
	fuse_perform_write(&F, 1, &map_of_G, 0, 2, TAIL_PARTIAL);
	fuse_client_exits();
}

void write_G_from_F(void)
{
	fuse_perform_write(&G, 1, &other_map_of_F, 0, 2, TAIL_PARTIAL);
	fuse_client_exits();
}

/* p1 and p2 of F from anonymous memory. */
void write_from_anonymous(void)
{
	fuse_perform_write(&F, 1, &anonymous, 0, 2, TAIL_PARTIAL);
	fuse_client_exits();
}

/* Another thread of the writer touches p1 in the map of F. */
void fault_on_p1(void)
{
	touch_user_page(&map_of_F, 1);
}

/* Another process touches the last page of the write in its map of F. */
void fault_on_p2(void)
{
	touch_user_page(&other_map_of_F, 2);
}

/* Another process touches the first one. */
void others_fault_on_p1(void)
{
	touch_user_page(&other_map_of_F, 1);
}

/* A third one unmaps something; what, does not matter. */
void munmap_elsewhere(void)
{
	mmap_write_lock(&mm_writer.mmap_lock);
	mmap_write_unlock(&mm_writer.mmap_lock);
}

/* The source goes away twice, maybe between the fault-in and the copy. */
void zap_source(void)
{
	zap_user_page(&anonymous, 0);
	zap_user_page(&anonymous, 0);
}

void flush_F(void)
{
	fuse_writepages(&F);
}

/* The server replies to everything. */
void serve(void)
{
	int cpu;

	while (fuse_read_request(&cpu))
		fuse_reply(cpu);
}

/* It uses the file that it serves: the page CONFIG_SERVER_TOUCHES, when it is asked to write that page. */
void serve_and_touch(void)
{
#ifdef CONFIG_SERVER_TOUCHES
	int cpu;

	while (fuse_read_request(&cpu)) {
		int first = READ_ONCE(fuse_req[cpu].first);

		if (first <= CONFIG_SERVER_TOUCHES && CONFIG_SERVER_TOUCHES < first + READ_ONCE(fuse_req[cpu].count))
			touch_user_page(&servers_map_of_F, CONFIG_SERVER_TOUCHES);
		fuse_reply(cpu);
	}
#endif
}

/* Help from outside: somebody aborts the connection when nothing goes on any more. */
void abort_connection(void)
{
	wait_event(READ_ONCE(fuse_req[0].state) == FUSE_REQ_SENT || READ_ONCE(fuse_clients) == 0);
	fuse_abort_conn();
}
