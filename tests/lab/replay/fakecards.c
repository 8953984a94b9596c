/*
 * For LD_PRELOAD: libasound's list of sound cards is the replayed cards in $TUIMIXER_REPLAY, a directory with
 * 0.card, 1.card and so on (see ctl_replay.c) and a link ID.card to each.
 */
#include <alsa/asoundlib.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int is_card(const char *name)
{
	const char *folder = getenv("TUIMIXER_REPLAY");
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s.card", folder ? folder : "", name);
	return access(path, R_OK) == 0;
}

int snd_card_load(int card)
{
	char name[16];

	snprintf(name, sizeof(name), "%d", card);
	return is_card(name);
}

int snd_card_next(int *card)
{
	*card = snd_card_load(*card + 1) ? *card + 1 : -1;
	return 0;
}
