/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
 *
 * What the programs share with the sensor and with one another. */
#pragma once

#include "follow.h"
#include "wire.h"

#include <bpf/bpf_helpers.h>

struct scratch {
	struct head head;
	u8 text[TEXT_SPACE];
	/* Where the next text begins, and how many there are */
	u32 at;
	u32 texts;
	u32 busy;
};

#define DEPTH_MAX 32

/* Names from a file up to the root of its process, the nearest first; one of no length is none */
struct climb {
	const unsigned char *name[DEPTH_MAX];
	u64 digest[DEPTH_MAX];
	u32 length[DEPTH_MAX];
	u32 count;
	/* How far it went */
	u32 whole;
};

/* Not to its end */
#define WHOLE_NOT 0
/* To the root of the process */
#define WHOLE_TO_ROOT 1
/* To the top of what does not lie below that root: pipes, sockets, memory files, files of other mount namespaces */
#define WHOLE_ELSEWHERE 2

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	/* Set by the sensor before it is made */
	__uint(max_entries, 1 << 24);
} events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct scratch);
} scratches SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct climb);
} climbs SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, LOSSES);
	__type(key, u32);
	__type(value, u64);
} lost SEC(".maps");

/* Paths that are selected, as a tree of names: from a node by a name to another node. Names are known by a digest of their length and of their
 * first NAME_KEPT bytes (`digest_of_name`, and in src/selection.rs), so that more may be selected than was asked for and never less. */
#define NAME_KEPT 24
/* The node from which names lead that are selected in whichever directory */
#define NODE_OF_NAMES (~0u)

/* The path that ends here is selected */
#define SELECT_HERE 1
/* All paths below are selected */
#define SELECT_BELOW 2

struct place {
	/* The step that leads here; 0 where the place is free */
	u64 step;
	u32 node;
	u32 select;
};

/* Slots that are looked at for a step, from the one that its lowest bits tell */
#define SLOTS_FOR_STEP 4

/* A table of steps, which costs a fifth of what a map by keys does */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	/* Set by the sensor before it is made: a power of two */
	__uint(max_entries, 1024);
	__type(key, u32);
	__type(value, struct place);
} paths SEC(".maps");

/* Which call a number of a system call is: those of this processor, then those of 32-bit programs on it */
#define NUMBERS_OF_CALLS 512
const volatile u8 call_of[2 * NUMBERS_OF_CALLS] = {};
const volatile u16 wanted[CALLS] = {};
/* Slots of `paths` less one */
const volatile u32 last_slot = 1023;
/* Only what a workload does is told, from its first program on */
const volatile bool only_followed = false;
/* Events that a cgroup may tell within a second on one processor, beside programs that start and end; 0 for any number */
const volatile u64 most_a_second = 0;
/* Bytes in the ring above which the sensor is woken at once */
const volatile u64 wake_above = 1 << 20;

/* What a cgroup told since when on one processor */
struct rate {
	u64 since;
	u64 told;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_PERCPU_HASH);
	__uint(max_entries, 4096);
	__type(key, u64);
	__type(value, struct rate);
} rates SEC(".maps");

/* Whom a thread has just sent which signal: the first of them, and how many there were */
struct aim {
	u64 started;
	/* What the kernel says about the signal, the same for all that one call reaches */
	u64 about;
	u32 process;
	u32 signal;
	u32 count;
	u32 unused;
};

/* By threads, from the sending of a signal to the answer of the call that sent it */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, u64);
	__type(value, struct aim);
} aims SEC(".maps");

/* Programs that go on where `on_answer` ends, so that each stays small enough to be verified */
enum later {
	LATER_PATHS,
	LATER_MARKS,
	LATER_SOCKETS,
	LATER_OTHERS,
	LATERS
};

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, LATERS);
	__type(key, u32);
	__type(value, u32);
} later SEC(".maps");
