/*
 * wordfreq.c - the most frequent words of a text. An ordinary C program that
 * leans on malloc: a hash table of nodes that each come from malloc, arrays
 * that grow with realloc, and everything given back at the end.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_FILE "/usr/share/text/licences.txt"

struct node {
	struct node *next; /* in the same bucket */
	unsigned long count;
	unsigned int hash;
	char word[];
};

struct table {
	struct node **buckets;
	size_t bucket_count; /* a power of two */
	size_t node_count;
	unsigned long total; /* words, repeated ones too */
};

static void *check(void *memory)
{
	if (memory == NULL) {
		fputs("wordfreq: out of memory\n", stderr);
		exit(1);
	}
	return memory;
}

/* FNV-1a: http://www.isthe.com/chongo/tech/comp/fnv/ */
static unsigned int hash_of(const char *word)
{
	unsigned int hash = 2166136261u;

	while (*word != '\0')
		hash = (hash ^ (unsigned char)*word++) * 16777619u;
	return hash;
}

static void table_init(struct table *table)
{
	table->bucket_count = 64;
	table->buckets =
		check(calloc(table->bucket_count, sizeof(struct node *)));
	table->node_count = 0;
	table->total = 0;
}

/* Twice as many buckets; every node moves to where it now belongs. */
static void table_grow(struct table *table)
{
	size_t bucket_count = 2 * table->bucket_count;
	struct node **buckets =
		check(calloc(bucket_count, sizeof(struct node *)));

	for (size_t i = 0; i < table->bucket_count; i++) {
		struct node *node = table->buckets[i];

		while (node != NULL) {
			struct node *next = node->next;
			size_t bucket = node->hash & (bucket_count - 1);

			node->next = buckets[bucket];
			buckets[bucket] = node;
			node = next;
		}
	}
	free(table->buckets);
	table->buckets = buckets;
	table->bucket_count = bucket_count;
}

static void table_count(struct table *table, const char *word)
{
	unsigned int hash = hash_of(word);
	size_t bucket = hash & (table->bucket_count - 1);
	struct node *node;

	table->total++;
	for (node = table->buckets[bucket]; node != NULL; node = node->next) {
		if (node->hash == hash && strcmp(node->word, word) == 0) {
			node->count++;
			return;
		}
	}

	node = check(malloc(sizeof(struct node) + strlen(word) + 1));
	node->count = 1;
	node->hash = hash;
	strcpy(node->word, word);
	node->next = table->buckets[bucket];
	table->buckets[bucket] = node;
	table->node_count++;
	if (table->node_count > table->bucket_count)
		table_grow(table);
}

static void table_free(struct table *table)
{
	for (size_t i = 0; i < table->bucket_count; i++) {
		struct node *node = table->buckets[i];

		while (node != NULL) {
			struct node *next = node->next;

			free(node);
			node = next;
		}
	}
	free(table->buckets);
}

/*
 * The next word of FILE in lower case, or NULL at the end. A word is letters,
 * with apostrophes inside. *BUFFER (of *SIZE bytes) grows as getline()'s does.
 */
static char *next_word(FILE *file, char **buffer, size_t *size)
{
	size_t length = 0;
	int c;

	do {
		c = getc(file);
	} while (c != EOF && !isalpha(c));

	while (c != EOF && (isalpha(c) || c == '\'')) {
		if (length + 1 >= *size) {
			*size = *size == 0 ? 8 : 2 * *size;
			*buffer = check(realloc(*buffer, *size));
		}
		(*buffer)[length++] = (char)tolower(c);
		c = getc(file);
	}
	if (length == 0)
		return NULL;
	while ((*buffer)[length - 1] == '\'')
		length--;
	(*buffer)[length] = '\0';
	return *buffer;
}

/* The more frequent word first; among equals, by the alphabet. */
static int compare(const void *a, const void *b)
{
	const struct node *left = *(const struct node *const *)a;
	const struct node *right = *(const struct node *const *)b;

	if (left->count != right->count)
		return left->count < right->count ? 1 : -1;
	return strcmp(left->word, right->word);
}

/* All nodes of the table in one array, sorted. */
static struct node **table_sort(const struct table *table)
{
	struct node **array = NULL;
	size_t used = 0, size = 0;

	for (size_t i = 0; i < table->bucket_count; i++) {
		struct node *node = table->buckets[i];

		for (; node != NULL; node = node->next) {
			if (used == size) {
				size = size == 0 ? 16 : 2 * size;
				array = check(
					realloc(array, size * sizeof(*array)));
			}
			array[used++] = node;
		}
	}
	if (used > 0)
		qsort(array, used, sizeof(*array), compare);
	return array;
}

static void print_top(const struct table *table, size_t top)
{
	struct node **sorted = table_sort(table);

	for (size_t i = 0; i < top && i < table->node_count; i++)
		printf("%7lu %s\n", sorted[i]->count, sorted[i]->word);
	printf("%7lu words, %zu of them different\n", table->total,
	       table->node_count);
	free(sorted);
}

static void usage(FILE *stream)
{
	fputs("usage: wordfreq [-n N] [FILE]\n"
	      "Print the N (10) most frequent words of FILE, of the standard "
	      "input if FILE\nis -, of " DEFAULT_FILE " if there is none.\n",
	      stream);
}

int main(int argc, char **argv)
{
	const char *name = DEFAULT_FILE;
	size_t top = 10;
	struct table table;
	char *buffer = NULL;
	size_t buffer_size = 0;
	char *word;
	FILE *file;
	int argument = 1, status;

	if (argc > 1 && strcmp(argv[1], "--help") == 0) {
		usage(stdout);
		return 0;
	}
	if (argument + 1 < argc && strcmp(argv[argument], "-n") == 0) {
		char *end;

		top = strtoul(argv[argument + 1], &end, 10);
		if (end == argv[argument + 1] || *end != '\0') {
			usage(stderr);
			return 2;
		}
		argument += 2;
	}
	if (argument < argc)
		name = argv[argument++];
	if (argument < argc) {
		usage(stderr);
		return 2;
	}

	file = strcmp(name, "-") == 0 ? stdin : fopen(name, "r");
	if (file == NULL) {
		fprintf(stderr, "wordfreq: %s: %s\n", name, strerror(errno));
		return 1;
	}

	table_init(&table);
	while ((word = next_word(file, &buffer, &buffer_size)) != NULL)
		table_count(&table, word);
	free(buffer);
	status = ferror(file) ? 1 : 0;
	if (status != 0)
		fprintf(stderr, "wordfreq: %s: %s\n", name, strerror(errno));
	if (file != stdin)
		fclose(file);

	print_top(&table, top);
	table_free(&table);
	return status;
}
