/* See description.h. One line describes the card, each further line an element; fields are separated by tabs. */
#include "description.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CARD_FIELDS 7
#define ELEMENT_FIELDS 13 /* the items of an enumeration follow them */

/* Split off the next field, and decode its %XX in place. */
static char *next_field(char **rest)
{
	char *field = strsep(rest, "\t");
	char *to = field;
	unsigned int byte;

	if (!field)
		return NULL;
	for (const char *from = field; *from; from++) {
		if (*from == '%' && sscanf(from + 1, "%2x", &byte) == 1) {
			*to++ = (char)byte;
			from += 2;
		} else {
			*to++ = *from;
		}
	}
	*to = '\0';
	return field;
}

static int64_t number(const char *text)
{
	return strtoll(text, NULL, 10);
}

/* TLV data is written as words of eight hexadecimal digits, without separators. */
static int read_tlv(struct element *element, const char *text)
{
	size_t words = strlen(text) / 8;

	if (!words)
		return 0;
	element->tlv = calloc(words, sizeof(*element->tlv));
	if (!element->tlv)
		return -ENOMEM;
	for (size_t i = 0; i < words; i++)
		if (sscanf(text + 8 * i, "%8x", &element->tlv[i]) != 1)
			return -EINVAL;
	element->tlv_size = words * sizeof(*element->tlv);
	return 0;
}

static int read_items(struct element *element, char *rest)
{
	unsigned int count = 0;

	for (const char *at = rest; at; at = strchr(at, '\t') ? strchr(at, '\t') + 1 : NULL)
		count++;
	if (!count)
		return 0;
	element->items = calloc(count, sizeof(*element->items));
	if (!element->items)
		return -ENOMEM;
	while (element->item_count < count)
		element->items[element->item_count++] = next_field(&rest);
	return 0;
}

static int read_element(struct element *element, char *line)
{
	char *fields[ELEMENT_FIELDS];
	char *rest = line;
	int error;

	for (int i = 0; i < ELEMENT_FIELDS; i++)
		if (!(fields[i] = next_field(&rest)))
			return -EINVAL;
	element->iface = (snd_ctl_elem_iface_t)number(fields[0]);
	element->device = (unsigned int)number(fields[1]);
	element->subdevice = (unsigned int)number(fields[2]);
	element->index = (unsigned int)number(fields[3]);
	element->type = (int)number(fields[4]);
	element->count = (unsigned int)number(fields[5]);
	element->access = (unsigned int)number(fields[6]);
	element->min = number(fields[7]);
	element->max = number(fields[8]);
	element->step = number(fields[9]);
	element->width = (size_t)number(fields[10]);
	element->name = fields[11];
	if (element->width > MOST_VALUES || element->count > MOST_VALUES)
		return -EINVAL;
	if ((error = read_tlv(element, fields[12])) < 0)
		return error;
	return read_items(element, rest);
}

static int read_card(struct description *card, char *line)
{
	char *fields[CARD_FIELDS];

	for (int i = 0; i < CARD_FIELDS; i++)
		if (!(fields[i] = next_field(&line)))
			return -EINVAL;
	card->number = (int)number(fields[0]);
	card->id = fields[1];
	card->driver = fields[2];
	card->name = fields[3];
	card->long_name = fields[4];
	card->mixer = fields[5];
	card->element_count = (unsigned int)number(fields[6]);
	card->elements = calloc(card->element_count ? card->element_count : 1, sizeof(*card->elements));
	return card->elements ? 0 : -ENOMEM;
}

static char *read_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat about;
	char *text = NULL;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &about) == 0)
		text = calloc(1, (size_t)about.st_size + 1);
	if (text && read(fd, text, (size_t)about.st_size) != about.st_size) {
		free(text);
		text = NULL;
	}
	close(fd);
	return text;
}

int read_description(struct description *card, const char *path)
{
	char *rest;
	int error;

	card->text = rest = read_file(path);
	if (!rest)
		return -ENODEV;
	if ((error = read_card(card, strsep(&rest, "\n"))) < 0)
		return error;
	for (unsigned int i = 0; i < card->element_count; i++) {
		struct element *element = &card->elements[i];
		char *line = strsep(&rest, "\n");

		if (!line)
			return -EINVAL;
		if ((error = read_element(element, line)) < 0)
			return error;
		element->first = card->value_count;
		card->value_count += element->width;
	}
	return 0;
}

void free_description(struct description *card)
{
	for (unsigned int i = 0; card->elements && i < card->element_count; i++) {
		free(card->elements[i].tlv);
		free(card->elements[i].items);
	}
	free(card->elements);
	free(card->text);
}
