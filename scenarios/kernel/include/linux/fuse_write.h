/* A FUSE file's pages, mappings of them, and requests to its server. Between fs/fuse-write.c, its contract and the programs. */
#ifndef _LINUX_FUSE_WRITE_H
#define _LINUX_FUSE_WRITE_H

#include <linux/kernel.h>
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/mmap_lock.h>
#include <linux/page_lock.h>

#define FUSE_FILE_PAGES	3

/* What is in a page, as far as it matters here: the part that a write(2) of the program covers, and the rest of a page that it covers partly. */
struct page {
	struct mutex lock;		/* PG_locked */
	bool uptodate;			/* PG_uptodate */
	bool dirty;			/* PG_dirty; a dirty page is uptodate */
	bool writeback;			/* the page is in a WRITE of the flusher */
	int writeback_by;		/* the CPU that the flusher is on */
	bool written;			/* the written part is new */
	bool has_rest;			/* the rest is what the file has there */
	bool in_request;		/* the written part, as the flusher sent it */
};

struct inode {
	struct rw_semaphore i_rwsem;
	struct page page[FUSE_FILE_PAGES];
	bool stored[FUSE_FILE_PAGES];	/* the server's: the written part is new */
};

struct mm_struct {
	struct mmap_lock mmap_lock;
};

/* A mapping of a file's pages from 0 on, or of as many anonymous pages. */
struct vm_area_struct {
	struct mm_struct *mm;
	struct inode *file;		/* NULL: anonymous */
	bool pte[FUSE_FILE_PAGES];
};

enum fuse_req_state {
	FUSE_REQ_NONE,
	FUSE_REQ_SENT,
	FUSE_REQ_DONE,
	FUSE_REQ_ERROR,
};

/* One request slot for each CPU. */
struct fuse_req {
	enum fuse_req_state state;
	struct inode *inode;
	int first, count;		/* the pages that it writes */
};

extern struct fuse_req fuse_req[NR_CPUS];
/* The CPU that the server runs on, and how many there are that may send a request yet. */
extern int fuse_server_cpu;
extern int fuse_clients;
extern bool fuse_aborted;

/* mm/: a byte of a mapped page is touched, and faulted in if need be. */
void touch_user_page(struct vm_area_struct *vma, int index);
void zap_user_page(struct vm_area_struct *vma, int index);

/* write(2): `count` pages of the file from `pos` on, from the pages of `source` from `from` on; the last one as far as `is_partial` says. */
void fuse_perform_write(struct inode *inode, int pos, struct vm_area_struct *source, int from, int count, bool is_partial);

/* The flusher gathers dirty pages, in order, and writes them. */
void fuse_writepages(struct inode *inode);

/* The server; what it does before it replies is the caller's. */
bool fuse_read_request(int *cpu);
void fuse_reply(int cpu);
void fuse_client_exits(void);
/* Ends every request with an error, now and later: umount -f, the abort file, or a signal to the writer. */
void fuse_abort_conn(void);

/* fs/fuse-contract.c: ghost code. */
void contract_page_taken(struct page *page);
void contract_page_left(struct page *page);
void contract_faults_in(void);
void contract_sends(int pages);
void contract_sleeps(text what);
void contract_wakes(void);
void contract_write_failed(struct page *page);
void contract_copy_fails(void);
void contract_zaps(void);
void contract_maps(struct vm_area_struct *vma, int index);
void contract_write_ends(struct inode *inode, int index, bool failed);
void contract_writeback_begins(struct page *page);

#endif
