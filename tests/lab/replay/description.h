/* The description of a card (FOLDER/CARD.card), read into memory. See ctl_replay.c for what it is for. */
#ifndef REPLAY_DESCRIPTION_H
#define REPLAY_DESCRIPTION_H

#include <alsa/asoundlib.h>
#include <stddef.h>
#include <stdint.h>

#define MOST_VALUES 512 /* as many bytes as the largest element of the kernel's control interface has */

struct element {
	snd_ctl_elem_iface_t iface;
	unsigned int device, subdevice, index;
	int type;
	unsigned int access;
	unsigned int count;
	int64_t min, max, step;
	const char *name;
	unsigned int *tlv;
	size_t tlv_size; /* in bytes */
	char **items;
	unsigned int item_count;
	size_t first; /* position of its first value in the file of values */
	size_t width; /* number of its values */
};

struct description {
	char *text; /* the file, split into the fields that the other members point to */
	int number;
	const char *id, *driver, *name, *long_name, *mixer;
	struct element *elements;
	unsigned int element_count;
	size_t value_count;
};

/* Fill `card`, which must be zeroed; returns 0 or a negative error number. It must be freed in both cases. */
int read_description(struct description *card, const char *path);
void free_description(struct description *card);

#endif
