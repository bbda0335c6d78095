/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
 *
 * Times and extended attributes of files, when they were changed. */
#pragma once

#include "calls.h"

/* Of a time that is not a number: it becomes the one of the change, or stays */
#define UTIME_NOW ((1 << 30) - 1)

/* Bytes of a value at most: that of capabilities has 24 */
#define VALUE_MAX 64

/* What was changed of a file, and its path */
struct mark {
	u64 at;
	const void *path;
	/* Of an attribute */
	const void *name;
	const void *value;
	u64 size;
	/* When the content is said to have been written, and the part of a second or what UTIME_NOW is one of */
	s64 seconds;
	s64 fraction;
};

/* Takes the second of two times of the process. `part` is how many nanoseconds what stands behind the seconds counts; 0 where nothing stands there. */
static __always_inline void read_time(struct mark *out, const void *times, u32 part, bool compat)
{
	u32 numbers = part ? 2 : 1;

	if (!times) {
		out->fraction = UTIME_NOW;
		return;
	}
	if (compat) {
		s32 time[2] = {};

		bpf_probe_read_user(time, 4 * numbers, times + 4 * numbers);
		out->seconds = time[0];
		out->fraction = (s64)time[1] * part;
	} else {
		s64 time[2] = {};

		bpf_probe_read_user(time, 8 * numbers, times + 8 * numbers);
		out->seconds = time[0];
		out->fraction = time[1] * part;
	}
}

/* As `read_either` has it */
static __always_inline void add_value(struct scratch *event, const void *value, u64 size, u16 flags)
{
	u32 at = event->at;
	u32 length = size > VALUE_MAX ? VALUE_MAX : size;

	if (at >= TEXT_START_MAX || !value || !length || read_either(flags, &event->text[at], length, value))
		length = 0;
	end_text(event, length);
}

/* `file` is the one that was changed where no path was asked for */
static __always_inline void tell_mark(u32 call, s64 result, struct mark *mark, struct file *file, u16 flags)
{
	bool resolved = !mark->path;
	struct scratch *event;

	if (resolved && !file)
		return;
	event = begin(call, result, resolved ? flags | FLAG_RESOLVED : flags);
	if (!event)
		return;
	event->head.number[3] = mark->seconds;
	event->head.number[4] = mark->fraction;
	if (resolved) {
		struct path path = path_of(file);

		add_path(event, &path);
		if (flags & FLAG_COPIED)
			add_text(event, mark->name);
		else
			add_user_text(event, mark->name);
		for (int i = 0; i < 3; i++)
			end_text(event, 0);
	} else {
		add_paths(event, mark->at, mark->path, AT_FDCWD, mark->name, flags);
	}
	add_value(event, mark->value, mark->size, flags);
	finish(event);
}
