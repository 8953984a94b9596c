/*
 * An ALSA control plugin that provides the controls of a card from a description, through the real libasound.
 *
 *   ctl_type.replay { lib "FOLDER/replay.so" }
 *   ctl.hw { @args [ CARD ] @args.CARD { type string } type replay folder "FOLDER" card $CARD }
 *
 * FOLDER/CARD.card describes the card and FOLDER/CARD.values contains the values of its elements, 64 bits per
 * value, in the order of the description. Both are written by tests/lab/replay/card.py, which defines the
 * format. Every process that opens the card shares the values; writing to the file changes the card, and
 * all processes receive events, as for a real card.
 */
#include "description.h"

#include <alsa/control_external.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct card {
	snd_ctl_ext_t ext;
	struct description about;
	int values_fd;
	const int64_t *values; /* the mapped file; it is changed by write(), which inotify reports */
	int64_t *told;         /* values as of the latest event */
	int inotify;
	int telling;           /* delivering events: `next` is the element to compare */
	unsigned int next;
};

/* ---- values --------------------------------------------------------------------------------------------- */

static int open_values(struct card *card, const char *path)
{
	size_t size = card->about.value_count * sizeof(int64_t);
	struct stat about;
	void *mapped;

	card->values_fd = open(path, O_RDWR | O_CLOEXEC);
	if (card->values_fd < 0 || fstat(card->values_fd, &about) < 0)
		return -errno;
	if ((size_t)about.st_size != size)
		return -EINVAL;
	card->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (card->inotify < 0 || inotify_add_watch(card->inotify, path, IN_MODIFY) < 0)
		return -errno;
	card->ext.poll_fd = card->inotify;
	if (!size)
		return 0;
	mapped = mmap(NULL, size, PROT_READ, MAP_SHARED, card->values_fd, 0);
	if (mapped == MAP_FAILED)
		return -errno;
	card->values = mapped;
	card->told = malloc(size);
	if (!card->told)
		return -ENOMEM;
	memcpy(card->told, card->values, size);
	return 0;
}

static const int64_t *values_of(const struct card *card, const struct element *element)
{
	return card->values + element->first;
}

/* The kernel's call returns 0 even if it changed something. */
static int write_values(struct card *card, const struct element *element, const int64_t *values)
{
	size_t size = element->width * sizeof(*values);
	const int64_t *now = values_of(card, element);

	if (!(element->access & SND_CTL_EXT_ACCESS_WRITE))
		return -EPERM;
	for (size_t i = 0; i < element->width; i++)
		if (values[i] != now[i] && (values[i] < element->min || values[i] > element->max))
			return -EINVAL;
	if (!memcmp(now, values, size))
		return 0;
	if (pwrite(card->values_fd, values, size, (off_t)(element->first * sizeof(*values))) < 0)
		return -errno;
	return 0;
}

/* ---- libasound's callbacks ------------------------------------------------------------------------------ */

static struct card *card_of(snd_ctl_ext_t *ext)
{
	return ext->private_data;
}

static struct element *element_of(snd_ctl_ext_t *ext, snd_ctl_ext_key_t key)
{
	return &card_of(ext)->about.elements[key];
}

static int elem_count(snd_ctl_ext_t *ext)
{
	return (int)card_of(ext)->about.element_count;
}

static int elem_list(snd_ctl_ext_t *ext, unsigned int offset, snd_ctl_elem_id_t *id)
{
	const struct element *element = element_of(ext, offset);

	if (offset >= card_of(ext)->about.element_count)
		return -EINVAL;
	snd_ctl_elem_id_set_numid(id, offset + 1);
	snd_ctl_elem_id_set_interface(id, element->iface);
	snd_ctl_elem_id_set_device(id, element->device);
	snd_ctl_elem_id_set_subdevice(id, element->subdevice);
	snd_ctl_elem_id_set_name(id, element->name);
	snd_ctl_elem_id_set_index(id, element->index);
	return 0;
}

static snd_ctl_ext_key_t find_elem(snd_ctl_ext_t *ext, const snd_ctl_elem_id_t *id)
{
	const struct card *card = card_of(ext);
	unsigned int numid = snd_ctl_elem_id_get_numid(id);

	if (numid)
		return numid <= card->about.element_count ? numid - 1 : SND_CTL_EXT_KEY_NOT_FOUND;
	for (unsigned int i = 0; i < card->about.element_count; i++) {
		const struct element *element = &card->about.elements[i];

		if (element->iface == snd_ctl_elem_id_get_interface(id)
		    && element->device == snd_ctl_elem_id_get_device(id)
		    && element->subdevice == snd_ctl_elem_id_get_subdevice(id)
		    && element->index == snd_ctl_elem_id_get_index(id)
		    && !strcmp(element->name, snd_ctl_elem_id_get_name(id)))
			return i;
	}
	return SND_CTL_EXT_KEY_NOT_FOUND;
}

static int get_attribute(snd_ctl_ext_t *ext, snd_ctl_ext_key_t key, int *type, unsigned int *access_bits,
			 unsigned int *count)
{
	const struct element *element = element_of(ext, key);

	*type = element->type;
	*access_bits = element->access;
	*count = element->count;
	return 0;
}

static int get_integer_info(snd_ctl_ext_t *ext, snd_ctl_ext_key_t key, long *min, long *max, long *step)
{
	const struct element *element = element_of(ext, key);

	*min = (long)element->min;
	*max = (long)element->max;
	*step = (long)element->step;
	return 0;
}

static int get_integer64_info(snd_ctl_ext_t *ext, snd_ctl_ext_key_t key, int64_t *min, int64_t *max,
			      int64_t *step)
{
	const struct element *element = element_of(ext, key);

	*min = element->min;
	*max = element->max;
	*step = element->step;
	return 0;
}

static int get_enumerated_info(snd_ctl_ext_t *ext, snd_ctl_ext_key_t key, unsigned int *items)
{
	*items = element_of(ext, key)->item_count;
	return 0;
}

/* libasound reads the name of an item even if there is none; kernel drivers return the last one. */
static int get_enumerated_name(snd_ctl_ext_t *ext, snd_ctl_ext_key_t key, unsigned int item, char *name,
			       size_t size)
{
	const struct element *element = element_of(ext, key);

	if (item >= element->item_count)
		item = element->item_count - 1;
	snprintf(name, size, "%s", element->item_count ? element->items[item] : "");
	return 0;
}

/* The same for each C type that libasound uses for an element's values. */
#define READ_AND_WRITE(kind, type)                                                             \
	static int read_##kind(snd_ctl_ext_t *ext, snd_ctl_ext_key_t key, type *to)            \
	{                                                                                      \
		const struct element *element = element_of(ext, key);                          \
		const int64_t *from = values_of(card_of(ext), element);                        \
                                                                                               \
		if (!(element->access & SND_CTL_EXT_ACCESS_READ))                              \
			return -EPERM;                                                         \
		for (size_t i = 0; i < element->width; i++)                                    \
			to[i] = (type)from[i];                                                 \
		return 0;                                                                      \
	}                                                                                      \
                                                                                               \
	static int write_##kind(snd_ctl_ext_t *ext, snd_ctl_ext_key_t key, type *from)         \
	{                                                                                      \
		const struct element *element = element_of(ext, key);                          \
		int64_t values[MOST_VALUES];                                                   \
                                                                                               \
		for (size_t i = 0; i < element->width; i++)                                    \
			values[i] = (int64_t)from[i];                                          \
		return write_values(card_of(ext), element, values);                            \
	}

READ_AND_WRITE(integer, long)
READ_AND_WRITE(integer64, int64_t)
READ_AND_WRITE(enumerated, unsigned int)
READ_AND_WRITE(octets, unsigned char)

static int read_bytes(snd_ctl_ext_t *ext, snd_ctl_ext_key_t key, unsigned char *to, size_t size)
{
	return size < element_of(ext, key)->width ? -EINVAL : read_octets(ext, key, to);
}

static int write_bytes(snd_ctl_ext_t *ext, snd_ctl_ext_key_t key, unsigned char *from, size_t size)
{
	return size < element_of(ext, key)->width ? -EINVAL : write_octets(ext, key, from);
}

static int read_iec958(snd_ctl_ext_t *ext, snd_ctl_ext_key_t key, snd_aes_iec958_t *to)
{
	memset(to, 0, sizeof(*to));
	return read_octets(ext, key, to->status);
}

static int write_iec958(snd_ctl_ext_t *ext, snd_ctl_ext_key_t key, snd_aes_iec958_t *from)
{
	return write_octets(ext, key, from->status);
}

static int tlv(snd_ctl_ext_t *ext, snd_ctl_ext_key_t key, int operation, unsigned int numid, unsigned int *to,
	       unsigned int size)
{
	const struct element *element = element_of(ext, key);

	(void)numid;
	if (operation != 0) /* reading; mixers do not need writing and commands */
		return -ENXIO;
	if (size < element->tlv_size)
		return -ENOMEM;
	memcpy(to, element->tlv, element->tlv_size);
	return 0;
}

static void subscribe_events(snd_ctl_ext_t *ext, int subscribe)
{
	(void)ext, (void)subscribe; /* events are found by comparison, whoever subscribes */
}

/* One event per call: each element whose values differ from those of its latest event. */
static int read_event(snd_ctl_ext_t *ext, snd_ctl_elem_id_t *id, unsigned int *mask)
{
	struct card *card = card_of(ext);
	char buffer[4096];

	if (!card->telling) {
		if (read(card->inotify, buffer, sizeof(buffer)) <= 0)
			return -EAGAIN;
		card->telling = 1;
		card->next = 0;
	}
	while (card->next < card->about.element_count) {
		const struct element *element = &card->about.elements[card->next++];
		int64_t *told = card->told + element->first;
		size_t size = element->width * sizeof(*told);

		if (!memcmp(values_of(card, element), told, size))
			continue;
		memcpy(told, values_of(card, element), size);
		elem_list(ext, card->next - 1, id);
		*mask = SND_CTL_EVENT_MASK_VALUE;
		return 1;
	}
	card->telling = 0;
	return -EAGAIN;
}

static void free_card(snd_ctl_ext_t *ext)
{
	struct card *card = card_of(ext);

	if (card->values)
		munmap((void *)card->values, card->about.value_count * sizeof(int64_t));
	if (card->values_fd >= 0)
		close(card->values_fd);
	if (card->inotify >= 0)
		close(card->inotify);
	free(card->told);
	free_description(&card->about);
	free(card);
}

static const snd_ctl_ext_callback_t callbacks = {
	.close = free_card,
	.elem_count = elem_count,
	.elem_list = elem_list,
	.find_elem = find_elem,
	.get_attribute = get_attribute,
	.get_integer_info = get_integer_info,
	.get_integer64_info = get_integer64_info,
	.get_enumerated_info = get_enumerated_info,
	.get_enumerated_name = get_enumerated_name,
	.read_integer = read_integer,
	.read_integer64 = read_integer64,
	.read_enumerated = read_enumerated,
	.read_bytes = read_bytes,
	.read_iec958 = read_iec958,
	.write_integer = write_integer,
	.write_integer64 = write_integer64,
	.write_enumerated = write_enumerated,
	.write_bytes = write_bytes,
	.write_iec958 = write_iec958,
	.subscribe_events = subscribe_events,
	.read_event = read_event,
};

/* ---- opening -------------------------------------------------------------------------------------------- */

static struct card *new_card(void)
{
	struct card *card = calloc(1, sizeof(*card));

	if (!card)
		return NULL;
	card->values_fd = card->inotify = -1;
	card->ext.version = SND_CTL_EXT_VERSION;
	card->ext.poll_fd = -1;
	card->ext.callback = &callbacks;
	card->ext.private_data = card;
	card->ext.tlv.c = tlv;
	return card;
}

static void copy(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from);
}

static int load_card(struct card *card, const char *folder, const char *name)
{
	char path[4096];
	int error;

	snprintf(path, sizeof(path), "%s/%s.card", folder, name);
	if ((error = read_description(&card->about, path)) < 0)
		return error;
	card->ext.card_idx = card->about.number;
	copy(card->ext.id, sizeof(card->ext.id), card->about.id);
	copy(card->ext.driver, sizeof(card->ext.driver), card->about.driver);
	copy(card->ext.name, sizeof(card->ext.name), card->about.name);
	copy(card->ext.longname, sizeof(card->ext.longname), card->about.long_name);
	copy(card->ext.mixername, sizeof(card->ext.mixername), card->about.mixer);
	snprintf(path, sizeof(path), "%s/%s.values", folder, name);
	return open_values(card, path);
}

/*
 * Programs treat real cards differently from plugins, and distinguish them by the handle's type. libasound
 * has no function to set it: this is the beginning of its struct _snd_ctl, unchanged from 1.0 to 1.2.16.
 */
static int pass_for_hardware(snd_ctl_t *handle)
{
	struct { void *library; char *name; snd_ctl_type_t type; } *opened = (void *)handle;

	if (opened->type != SND_CTL_TYPE_EXT)
		return -EINVAL;
	opened->type = SND_CTL_TYPE_HW;
	return snd_ctl_type(handle) == SND_CTL_TYPE_HW ? 0 : -EINVAL;
}

static int read_options(snd_config_t *config, const char **folder, const char **card)
{
	snd_config_iterator_t at, next;
	const char *key;

	snd_config_for_each(at, next, config) {
		snd_config_t *entry = snd_config_iterator_entry(at);

		if (snd_config_get_id(entry, &key) < 0)
			continue;
		if (!strcmp(key, "folder"))
			snd_config_get_string(entry, folder);
		else if (!strcmp(key, "card"))
			snd_config_get_string(entry, card);
	}
	return *folder && *card ? 0 : -EINVAL;
}

SND_CTL_PLUGIN_DEFINE_FUNC(replay)
{
	const char *folder = NULL, *card_name = NULL;
	struct card *card;
	int error;

	(void)root;
	if ((error = read_options(conf, &folder, &card_name)) < 0)
		return error;
	if (!(card = new_card()))
		return -ENOMEM;
	if ((error = load_card(card, folder, card_name)) < 0
	    || (error = snd_ctl_ext_create(&card->ext, name, mode)) < 0) {
		free_card(&card->ext);
		return error;
	}
	*handlep = card->ext.handle;
	return pass_for_hardware(*handlep);
}

SND_CTL_PLUGIN_SYMBOL(replay)
