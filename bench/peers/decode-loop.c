// gcc -O3 -ffast-math -march=native decode-loop.c -lm; a.out <seconds a case>: greedy decoding of the models of
// ours/decode-models.mjs as plain loops over float32 weights, one thread. Prints a line of JSON per model: milliseconds of
// processor time per token behind 16 tokens, 20th percentile.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct {
  const char *name;
  int hidden, layers, heads, key_heads, inner, vocabulary;
} Shape;

static const Shape shapes[] = {
  {"260K", 64, 5, 8, 4, 172, 512},
  {"15M", 288, 6, 6, 6, 768, 32000},
  {"110M", 768, 12, 12, 12, 2048, 32000},
};

enum { CONTEXT = 2048, MOST_TIMES = 4096 };

static double processor_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return now.tv_sec * 1e3 + now.tv_nsec * 1e-6;
}

static float *drawn(size_t count) {
  float *numbers = aligned_alloc(64, (count * 4 + 63) / 64 * 64);
  unsigned state = 12345;
  for (size_t i = 0; i < count; i++) {
    state = state * 1664525u + 1013904223u;
    numbers[i] = ((state >> 8) / 16777216.0f - 0.5f) * 0.07f;
  }
  return numbers;
}

static void multiply(float *out, const float *rows, const float *x, int in, int count) {
  for (int r = 0; r < count; r++) {
    float sum = 0;
    for (int i = 0; i < in; i++) sum += rows[(size_t)r * in + i] * x[i];
    out[r] = sum;
  }
}

static void normalise(float *out, const float *x, int n) {
  float squares = 0;
  for (int i = 0; i < n; i++) squares += x[i] * x[i];
  const float scale = 1 / sqrtf(squares / n + 1e-5f);
  for (int i = 0; i < n; i++) out[i] = x[i] * scale;
}

static void rotate(float *heads, int count, int size, int position) {
  for (int i = 0; i < size / 2; i++) {
    const float angle = position * powf(10000, -2.0f * i / size), c = cosf(angle), s = sinf(angle);
    for (int h = 0; h < count; h++) {
      float *a = heads + h * size + i, *b = a + size / 2;
      const float first = *a, second = *b;
      *a = first * c - second * s;
      *b = second * c + first * s;
    }
  }
}

static int ascending(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void run(const Shape *m, double seconds) {
  const int d = m->hidden, size = d / m->heads, kv = size * m->key_heads, inner = m->inner;
  const size_t layer_size = (size_t)d * (2 * d + 2 * kv + 3 * inner);
  float *table = drawn((size_t)m->vocabulary * d), *weights = drawn(layer_size * m->layers);
  float *keys = calloc((size_t)m->layers * CONTEXT * kv, 4), *values = calloc((size_t)m->layers * CONTEXT * kv, 4);
  float *x = malloc(4 * d), *y = malloc(4 * d), *q = malloc(4 * d), *gate = malloc(4 * inner), *up = malloc(4 * inner);
  float *logits = malloc(4 * m->vocabulary), *scores = malloc(4 * CONTEXT);
  double times[MOST_TIMES];
  int token = 11, count = 0;
  const double until = processor_ms() + seconds * 1e3;
  // After 80 tokens the text goes on at 17, so that its context stays about as long.
  for (int position = 0; count < MOST_TIMES; position = position < 80 ? position + 1 : 17) {
    const double start = processor_ms();
    if (count > 20 && start > until) break;
    memcpy(x, table + (size_t)token * d, 4 * d);
    for (int l = 0; l < m->layers; l++) {
      const float *wq = weights + layer_size * l, *wk = wq + (size_t)d * d, *wv = wk + (size_t)d * kv;
      const float *wo = wv + (size_t)d * kv, *wg = wo + (size_t)d * d, *wu = wg + (size_t)d * inner, *wd = wu + (size_t)d * inner;
      float *k = keys + ((size_t)l * CONTEXT + position) * kv, *v = values + ((size_t)l * CONTEXT + position) * kv;
      normalise(y, x, d);
      multiply(q, wq, y, d, d);
      multiply(k, wk, y, d, kv);
      multiply(v, wv, y, d, kv);
      rotate(q, m->heads, size, position);
      rotate(k, m->key_heads, size, position);
      for (int h = 0; h < m->heads; h++) {
        const int shared = h * m->key_heads / m->heads * size;
        float largest = -INFINITY, total = 0;
        for (int p = 0; p <= position; p++) {
          const float *key = keys + ((size_t)l * CONTEXT + p) * kv + shared;
          float sum = 0;
          for (int i = 0; i < size; i++) sum += q[h * size + i] * key[i];
          scores[p] = sum / sqrtf(size);
          if (scores[p] > largest) largest = scores[p];
        }
        for (int p = 0; p <= position; p++) total += scores[p] = expf(scores[p] - largest);
        float *mixed = y + h * size;
        memset(mixed, 0, 4 * size);
        for (int p = 0; p <= position; p++) {
          const float *value = values + ((size_t)l * CONTEXT + p) * kv + shared, share = scores[p] / total;
          for (int i = 0; i < size; i++) mixed[i] += share * value[i];
        }
      }
      multiply(q, wo, y, d, d);
      for (int i = 0; i < d; i++) x[i] += q[i];
      normalise(y, x, d);
      multiply(gate, wg, y, d, inner);
      multiply(up, wu, y, d, inner);
      for (int i = 0; i < inner; i++) gate[i] = gate[i] / (1 + expf(-gate[i])) * up[i];
      multiply(q, wd, gate, inner, d);
      for (int i = 0; i < d; i++) x[i] += q[i];
    }
    normalise(x, x, d);
    multiply(logits, table, x, d, m->vocabulary);
    token = 0;
    for (int i = 1; i < m->vocabulary; i++) if (logits[i] > logits[token]) token = i;
    if (position >= 20) times[count++] = processor_ms() - start;
  }
  qsort(times, count, sizeof *times, ascending);
  printf("{\"name\":\"c\",\"model\":\"%s\",\"threads\":1,\"what\":\"token at 16\",\"ms\":%.4f}\n", m->name, times[count / 5]);
  free(table), free(weights), free(keys), free(values), free(x), free(y), free(q), free(gate), free(up), free(logits), free(scores);
}

int main(int argc, char **argv) {
  const double seconds = argc > 1 ? atof(argv[1]) : 2;
  for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) run(&shapes[i], seconds);
}
